"""The steps in their order: all are trained before any is published, all published before any
is registered, and the aliases move last. A run that fails half-way changes nothing that an
alias points at, and the next run puts right what it left.
"""

from dataclasses import dataclass

import mlflow

from wine_experiment import data, publish, registry, tracking
from wine_experiment.models import RECIPES
from wine_experiment.tracking import Trained


@dataclass(frozen=True)
class Released:
    """Where a trained model can be had from."""

    trained: Trained
    path: str
    """In the bucket."""
    version: str
    """In the registry."""
    alias: str

    @property
    def uri(self) -> str:
        """What a model file of an environment says to get this model."""
        return f"models:/{self.trained.recipe.registered}@{self.alias}"


def train(wines: data.Wines, seed: int) -> list[Trained]:
    """Trains every model on the same split; each becomes a run."""
    parts = data.split(wines.table, seed)
    mlflow.set_experiment(tracking.EXPERIMENT)
    return [tracking.train_and_log(recipe, wines, parts, seed) for recipe in RECIPES]


def release(models: list[Trained], folder: int, alias: str) -> list[Released]:
    """Publishes the models, registers them, and points the alias at the new versions.

    Raises TrainError for an alias that cannot be, before anything is changed.
    """
    registry.check_alias(alias)
    paths = [publish.publish(model, folder) for model in models]
    versions = [registry.register(model, path) for model, path in zip(models, paths)]
    for model, version in zip(models, versions):
        registry.point(alias, model, version)
    return [
        Released(model, path, version, alias)
        for model, path, version in zip(models, paths, versions)
    ]
