"""The recipes, and the measures of a model."""

import pytest

from sample import sample_csv
from wine_experiment import data, models
from wine_experiment.models import RECIPES


@pytest.fixture
def parts():
    return data.split(data.parse(sample_csv()), seed=1)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.registered)
def test_a_model_learns_and_the_same_seed_gives_the_same_model(recipe, parts):
    metrics = models.evaluate(recipe.fit(parts, seed=1), parts)
    assert list(metrics) == ["rmse", "mae", "r2"]
    assert metrics["r2"] > 0.5
    assert metrics == models.evaluate(recipe.fit(parts, seed=1), parts)


def test_metrics_of_a_perfect_model(parts):
    class Oracle:
        def predict(self, _):
            return parts.test_y

    assert models.evaluate(Oracle(), parts) == {"rmse": 0.0, "mae": 0.0, "r2": 1.0}


def test_metrics_are_in_points_of_quality(parts):
    class Optimist:
        def predict(self, _):
            return parts.test_y + 2

    metrics = models.evaluate(Optimist(), parts)
    assert (metrics["rmse"], metrics["mae"]) == (2.0, 2.0)
    assert metrics["r2"] < 1


@pytest.mark.parametrize("field", ["published", "registered"])
def test_no_two_models_have_one_name(field):
    assert len({getattr(recipe, field) for recipe in RECIPES}) == len(RECIPES)
