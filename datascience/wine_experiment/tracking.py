"""Runs in MLflow: one for each model, with all that is needed to judge and repeat it."""

import os
import platform
import ssl
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

import mlflow
import numpy
import pandas
import scipy
import sklearn
import xgboost
from mlflow import environment_variables as settings
from mlflow.models import infer_signature

from wine_experiment import models
from wine_experiment.data import Split, Wines
from wine_experiment.errors import UNREACHABLE, TrainError, reason
from wine_experiment.models import Recipe

EXPERIMENT = "wine-quality-experiment"
LIBRARIES = {
    "mlflow": mlflow.__version__,
    "numpy": numpy.__version__,
    "pandas": pandas.__version__,
    "scikit-learn": sklearn.__version__,
    "scipy": scipy.__version__,
    "xgboost": xgboost.__version__,
}


@dataclass(frozen=True)
class Trained:
    """A model that MLflow has, and the run it came from."""

    recipe: Recipe
    run_id: str
    model_uri: str
    """MLflow's name for the model, "models:/m-...", which the registry points to."""
    artifacts: str
    """Address of the model's files, "mlflow-artifacts:/...", served by the tracking server."""
    metrics: dict[str, float]
    tags: dict[str, str]
    """Where it comes from: the data's checksum and the seed."""


def default_uri() -> str:
    """MLFLOW_TRACKING_URI, or what `kubectl port-forward` makes of the platform's server."""
    return os.environ.get("MLFLOW_TRACKING_URI") or "http://localhost:5000"


def through_the_server() -> None:
    """Files go through the tracking server, unless the environment says otherwise.

    The server would hand out addresses of the object store instead, which only its own cluster knows, and which no pod
    but MLflow's may call there.
    """
    for direction in (settings.MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD, settings.MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD):
        if not direction.is_set():
            direction.set(False)


def connect(uri: str) -> None:
    """Makes a server the one that everything is logged to.

    Raises TrainError in seconds when it does not answer; MLflow alone retries for minutes.
    """
    through_the_server()
    uri = uri.rstrip("/")
    try:
        address = urlsplit(uri)
        usable = address.scheme in ("http", "https") and address.hostname is not None
    except ValueError:
        raise TrainError("--tracking-uri (or MLFLOW_TRACKING_URI) is no address") from None
    if address.password is not None:
        raise TrainError(
            "--tracking-uri (or MLFLOW_TRACKING_URI) must have no login in it; "
            "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    if not usable:
        raise TrainError(
            "--tracking-uri (or MLFLOW_TRACKING_URI) must be the http(s) address "
            f"of a server, not {uri}"
        )
    try:
        urllib.request.urlopen(f"{uri}/health", timeout=5, context=tls()).close()
    except UNREACHABLE as error:
        raise TrainError(
            f"cannot reach the tracking server at {uri} ({reason(error)}); "
            "is `kubectl port-forward -n mlflow svc/mlflow 5000` running?"
        ) from error
    mlflow.set_tracking_uri(uri)


def tls() -> ssl.SSLContext:
    """Whom to trust, as MLflow's own client is told by the environment."""
    context = ssl.create_default_context(cafile=settings.MLFLOW_TRACKING_SERVER_CERT_PATH.get())
    if settings.MLFLOW_TRACKING_INSECURE_TLS.get():
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def train_and_log(recipe: Recipe, wines: Wines, data: Split, seed: int) -> Trained:
    """Trains one model and logs it as a run of its own.

    Raises MlflowException or requests.RequestException when the server refuses something.
    """
    origin = {"data.sha256": wines.sha256, "seed": str(seed)}
    versions = {"python": platform.python_version(), **LIBRARIES}
    environment = {f"version.{name}": version for name, version in versions.items()}
    with mlflow.start_run(run_name=recipe.published, tags={**origin, **environment}) as active:
        model = recipe.fit(data, seed)
        metrics = models.evaluate(model, data)
        mlflow.log_params(
            {
                **recipe.params,
                "seed": seed,
                "train_rows": len(data.train_x),
                "test_rows": len(data.test_x),
            }
        )
        example = data.train_x.head(1)
        logged = recipe.log(
            model,
            name="model",
            signature=infer_signature(example, model.predict(example)),
            input_example=example,
            # Stated, not inferred: inferring loads the model in a second process.
            pip_requirements=[f"{name}=={version}" for name, version in LIBRARIES.items()],
        )
        # On the run, and on the model: the registry shows the model's.
        mlflow.log_metrics(metrics, model_id=logged.model_id)
    return Trained(
        recipe, active.info.run_id, logged.model_uri, logged.artifact_path, metrics, origin
    )


def compare_runs() -> pandas.DataFrame:
    """Every finished run of the experiment, latest first, a row each."""
    runs = mlflow.search_runs(
        experiment_names=[EXPERIMENT],
        filter_string="attributes.status = 'FINISHED'",
        order_by=["attributes.start_time DESC"],
    )
    columns = {
        "tags.mlflow.runName": "model",
        "start_time": "started",
        "metrics.rmse": "rmse",
        "metrics.mae": "mae",
        "metrics.r2": "r2",
        "params.seed": "seed",
        "tags.data.sha256": "data sha256",
        "tags.published": "published",
        "run_id": "run",
    }
    return runs.reindex(columns=list(columns)).rename(columns=columns)
