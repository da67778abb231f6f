"""Train the wine models, log them to MLflow and publish them for serving.

The runs keep the history. What Seldon serves is a copy at a fixed place of the
bucket, so that a manifest names a model and a version instead of a run id.
Everything goes through the tracking server: no S3 credentials on this machine.
"""

import argparse
import hashlib
import http.client
import io
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import mlflow
import numpy
import pandas
import sklearn
import xgboost
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from requests import RequestException
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split
from xgboost import XGBRegressor

DATA_URL = (
    "https://archive.ics.uci.edu/ml/machine-learning-databases/"
    "wine-quality/winequality-red.csv"
)
DATA_SHA256 = "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e"
EXPERIMENT = "wine-quality-experiment"
TARGET = "quality"
FEATURES = [
    "fixed acidity",
    "volatile acidity",
    "citric acid",
    "residual sugar",
    "chlorides",
    "free sulfur dioxide",
    "total sulfur dioxide",
    "density",
    "pH",
    "sulphates",
    "alcohol",
]

# What urllib raises for an address that does not answer, or not in HTTP.
UNREACHABLE = (OSError, http.client.HTTPException)


class TrainError(Exception):
    """Something the user can put right; shown without a stack trace."""


# --- Data -------------------------------------------------------------------


def fetch(source: str) -> bytes:
    """The bytes at a path or a http(s) URL."""
    try:
        if source.startswith(("http://", "https://")):
            with urllib.request.urlopen(source, timeout=30) as response:
                return response.read()
        return Path(source).read_bytes()
    except UNREACHABLE as error:
        raise TrainError(f"cannot read the data at {source}: {error}") from error


def verify(data: bytes, expected: str = DATA_SHA256) -> None:
    actual = hashlib.sha256(data).hexdigest()
    if actual != expected:
        raise TrainError(
            f"the data has sha256 {actual}, expected {expected}; "
            "pass --no-verify to train on other data"
        )


def parse(data: bytes) -> pandas.DataFrame:
    """The wine table: every feature a double, whatever the file's numbers look like.

    A column that happens to hold whole numbers would otherwise enter the model's
    signature as an integer, and the server would refuse 11.5 there.
    """
    try:
        table = pandas.read_csv(io.BytesIO(data), sep=";")
        missing = [name for name in [*FEATURES, TARGET] if name not in table.columns]
        if missing:
            raise TrainError(f"the data has no column {', '.join(missing)}")
        table = table[[*FEATURES, TARGET]].astype("float64")
    except ValueError as error:
        raise TrainError(f"the data is not a ';' separated table of numbers: {error}") from error
    if table.isna().any(axis=None):
        raise TrainError("the data has empty cells")
    return table


@dataclass(frozen=True)
class Split:
    train_x: pandas.DataFrame
    test_x: pandas.DataFrame
    train_y: pandas.Series
    test_y: pandas.Series


def split(table: pandas.DataFrame, seed: int) -> Split:
    parts = train_test_split(
        table[FEATURES], table[TARGET], test_size=0.25, random_state=seed
    )
    return Split(*parts)


# --- Models -----------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """One model: how it is built, and the name it is published under."""

    name: str
    params: dict[str, float]
    build: Callable[..., Any]
    log: Callable[..., Any]


def evaluate(model: Any, data: Split) -> dict[str, float]:
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
        name="xgb-wine-k8s",
        params={"alpha": 10, "n_estimators": 100},
        build=XGBRegressor,
        log=log_xgboost,
    ),
    Recipe(
        name="mlflow-wine",
        params={"alpha": 0.0005, "l1_ratio": 0.99},
        build=ElasticNet,
        log=log_sklearn,
    ),
]


# --- MLflow -----------------------------------------------------------------


def check_server(uri: str) -> None:
    """Fail in seconds; the MLflow client alone retries for minutes."""
    if not uri.startswith(("http://", "https://")):
        raise TrainError(f"--tracking-uri must be the http(s) address of a server, not {uri}")
    try:
        urllib.request.urlopen(f"{uri}/health", timeout=5).close()
    except UNREACHABLE as error:
        reason = getattr(error, "reason", None) or error
        raise TrainError(
            f"cannot reach the tracking server at {uri} ({reason}); "
            "is `kubectl port-forward -n mlflow svc/mlflow 5000` running?"
        ) from error


def published_path(name: str, version: int) -> str:
    return f"wine/{name}/{version}"


@dataclass(frozen=True)
class Trained:
    run_id: str
    metrics: dict[str, float]
    artifacts: str
    """Where MLflow keeps the logged model, as a URI."""


def train_and_log(recipe: Recipe, data: Split, seed: int, tags: dict[str, str]) -> Trained:
    with mlflow.start_run(run_name=recipe.name, tags=tags) as active:
        model = recipe.build(**recipe.params, random_state=seed)
        model.fit(data.train_x, data.train_y)
        metrics = evaluate(model, data)
        mlflow.log_params({**recipe.params, "seed": seed})
        mlflow.log_metrics(metrics)

        example = data.train_x.head(1)
        logged = recipe.log(
            model,
            name="model",
            signature=infer_signature(example, model.predict(example)),
            input_example=example,
            # Stated, not inferred: inferring loads the model in a second process.
            pip_requirements=[
                f"mlflow=={mlflow.__version__}",
                f"numpy=={numpy.__version__}",
                f"pandas=={pandas.__version__}",
                f"scikit-learn=={sklearn.__version__}",
                f"xgboost=={xgboost.__version__}",
            ],
        )
        return Trained(active.info.run_id, metrics, logged.artifact_path)


def publish(artifacts: str, path: str, tracking_uri: str) -> None:
    """Copy a logged model to its place in the bucket, byte for byte."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = mlflow.artifacts.download_artifacts(artifact_uri=artifacts, dst_path=scratch)
        target = get_artifact_repository(f"mlflow-artifacts:/{path}", tracking_uri=tracking_uri)
        target.log_artifacts(folder)


def run(args: argparse.Namespace) -> None:
    check_server(args.tracking_uri)
    raw = fetch(args.data)
    if not args.no_verify:
        verify(raw)
    data = split(parse(raw), args.seed)
    tags = {"data.sha256": hashlib.sha256(raw).hexdigest()}

    mlflow.set_tracking_uri(args.tracking_uri)
    mlflow.set_experiment(EXPERIMENT)
    # All are trained before any is published: a failed run changes nothing that serves.
    trained = [(recipe, train_and_log(recipe, data, args.seed, tags)) for recipe in RECIPES]

    for recipe, result in trained:
        path = published_path(recipe.name, args.version)
        publish(result.artifacts, path, args.tracking_uri)
        mlflow.MlflowClient().set_tag(result.run_id, "published", path)
        scores = "  ".join(f"{name} {value:.4f}" for name, value in result.metrics.items())
        print(f"\n{recipe.name}")
        print(f"  run        {result.run_id}")
        print(f"  metrics    {scores}")
        print(f"  published  s3://{args.bucket}/{path}")
    print(
        "\nNext: give these places as `uri` to the models in environments/<env>/models/, "
        "synthesize and apply."
    )


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default=DATA_URL, help="path or URL of the CSV")
    parser.add_argument("--no-verify", action="store_true", help="accept other data")
    parser.add_argument(
        "--tracking-uri",
        default="http://localhost:5000",
        type=lambda uri: uri.rstrip("/"),
    )
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--version", type=int, default=1, help="folder to publish to")
    parser.add_argument(
        "--bucket",
        default="models",
        help="the server's bucket; used only to print where the models went",
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    try:
        run(parse_args(argv))
        return 0
    except TrainError as error:
        message = str(error)
    except (MlflowException, RequestException) as error:
        message = f"the tracking server did not accept a request: {error}"
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
