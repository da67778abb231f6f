"""The copies that Seldon serves, at a fixed place of the bucket.

A manifest then names a model and a version instead of a run id.
"""

import tempfile

import mlflow
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from wine_experiment.tracking import Trained


def published_path(name: str, version: int) -> str:
    """Where in the bucket a version of a model is served from."""
    return f"wine/{name}/{version}"


def publish(trained: Trained, version: int) -> str:
    """Copies a logged model, byte for byte, over what that version held; its path in the bucket.

    Everything goes through the tracking server: no S3 credentials on this machine.
    Raises MlflowException or requests.RequestException when the server refuses something.
    """
    path = published_path(trained.recipe.published, version)
    with tempfile.TemporaryDirectory() as scratch:
        folder = mlflow.artifacts.download_artifacts(
            artifact_uri=trained.artifacts, dst_path=scratch
        )
        place = get_artifact_repository(
            f"mlflow-artifacts:/{path}", tracking_uri=mlflow.get_tracking_uri()
        )
        place.log_artifacts(folder)
    mlflow.MlflowClient().set_tag(trained.run_id, "published", path)
    return path
