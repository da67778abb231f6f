"""The models: how each is built, measured and saved, and the names it is known by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mlflow
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from xgboost import XGBRegressor

from wine_experiment.data import Split


@dataclass(frozen=True)
class Recipe:
    """One model."""

    library: str
    """What it is made with, for people to read."""
    published: str
    """Name of the SeldonDeployment, and so of its folder in the bucket."""
    registered: str
    """Name in MLflow's model registry."""
    params: dict[str, float]
    build: Callable[..., Any]
    log: Callable[..., Any]
    """Logs the fitted model to the active run, in a format that the serving image knows."""

    def fit(self, data: Split, seed: int) -> Any:
        """The model, trained; the same data and seed give the same model."""
        return self.build(**self.params, random_state=seed).fit(data.train_x, data.train_y)


def evaluate(model: Any, data: Split) -> dict[str, float]:
    """Errors on the test wines: rmse and mae in points of quality, r2 of at most 1."""
    predicted = model.predict(data.test_x)
    return {
        "rmse": float(root_mean_squared_error(data.test_y, predicted)),
        "mae": float(mean_absolute_error(data.test_y, predicted)),
        "r2": float(r2_score(data.test_y, predicted)),
    }


def log_sklearn(model: Any, **common: Any) -> Any:
    # MLflow's newer default, skops, is unknown to the MLflow in the serving image.
    return mlflow.sklearn.log_model(model, serialization_format="cloudpickle", **common)


def log_xgboost(model: Any, **common: Any) -> Any:
    # The folder then holds a model.json, one of the names MLServer's xgboost
    # runtime looks for; the same folder is a model for its mlflow runtime.
    return mlflow.xgboost.log_model(model, model_format="json", **common)


RECIPES = [
    Recipe(
        library="XGBoost",
        published="xgb-wine-k8s",
        registered="wine-xgboost",
        params={"alpha": 10, "n_estimators": 100},
        build=XGBRegressor,
        log=log_xgboost,
    ),
    Recipe(
        library="scikit-learn ElasticNet",
        published="mlflow-wine",
        registered="wine-elasticnet",
        params={"alpha": 0.0005, "l1_ratio": 0.99},
        build=ElasticNet,
        log=log_sklearn,
    ),
]
