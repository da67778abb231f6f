"""MLflow's model registry: numbered versions of a named model, and aliases that point at them."""

import re

import mlflow

from wine_experiment.errors import TrainError
from wine_experiment.tracking import Trained


def check_alias(alias: str) -> str:
    """The alias; TrainError for one that MLflow refuses, before anything is trained."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", alias):
        raise TrainError(f"--alias must be of letters, digits, - and _, not {alias!r}")
    if re.fullmatch(r"latest|v\d+", alias, re.IGNORECASE):
        raise TrainError(f"--alias {alias} is reserved by MLflow; such as champion is free")
    return alias


def register(trained: Trained, published: str) -> str:
    """Registers a logged model as the next version of its name; the number of that version.

    Raises MlflowException or requests.RequestException when the server refuses something.
    """
    name = trained.recipe.registered
    version = mlflow.register_model(
        trained.model_uri, name, tags={**trained.tags, "published": published}
    ).version
    mlflow.MlflowClient().update_model_version(name, version, describe(trained, published))
    return version


def describe(trained: Trained, published: str) -> str:
    """What a version is, in a line for the registry's page."""
    scores = ", ".join(f"{name} {value:.4f}" for name, value in trained.metrics.items())
    return (
        f"{trained.recipe.library}, red wine quality: {scores} on the test quarter. "
        f"Data sha256 {trained.tags['data.sha256']}, seed {trained.tags['seed']}. "
        f"Served from {published}."
    )


def point(alias: str, trained: Trained, version: str) -> None:
    """Moves an alias to a version of the model."""
    mlflow.MlflowClient().set_registered_model_alias(trained.recipe.registered, alias, version)
