"""The training script on a small generated sample, and against a real MLflow server."""

import functools
import hashlib
import http.server
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import mlflow
import numpy
import pandas
import pytest

import train
from train import FEATURES, RECIPES, TARGET, TrainError


def sample_csv(rows=80, seed=0):
    """Random wines in the data's format; quality depends on alcohol."""
    random = numpy.random.default_rng(seed)
    table = pandas.DataFrame(random.uniform(0, 10, (rows, len(FEATURES))), columns=FEATURES)
    table["total sulfur dioxide"] = table["total sulfur dioxide"].round().astype(int)
    table[TARGET] = (3 + table["alcohol"] / 2).round().astype(int)
    return table.to_csv(sep=";", index=False).encode()


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "wine.csv"
    path.write_bytes(sample_csv())
    return path


# --- Data ---


def test_data_is_read_from_a_path_and_from_a_url(csv_file):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=csv_file.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert train.fetch(f"{url}/wine.csv") == train.fetch(str(csv_file)) == sample_csv()
        with pytest.raises(TrainError, match="missing.csv: HTTP Error 404"):
            train.fetch(f"{url}/missing.csv")
        server.shutdown()


def test_a_missing_file_is_named():
    with pytest.raises(TrainError, match="cannot read the data at nowhere.csv"):
        train.fetch("nowhere.csv")


def test_only_the_expected_bytes_are_verified():
    data = sample_csv()
    train.verify(data, hashlib.sha256(data).hexdigest())
    with pytest.raises(TrainError, match="expected 4a402cf0.*--no-verify"):
        train.verify(data)


def test_every_column_is_a_double_even_of_whole_numbers():
    table = train.parse(sample_csv())
    assert list(table.columns) == [*FEATURES, TARGET]
    assert set(table.dtypes) == {numpy.dtype("float64")}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a ';' separated table"),
        (b"\xff\xfe", "not a ';' separated table"),
        (sample_csv().replace(b";", b","), "has no column fixed acidity, "),
        (sample_csv().replace(b"alcohol", b"spirit"), "has no column alcohol$"),
        (sample_csv() + b"red" + b";1" * 11, "not a ';' separated table of numbers"),
        (sample_csv() + b";1" * 11, "empty cells"),
    ],
)
def test_other_data_is_refused_with_the_reason(data, message):
    with pytest.raises(TrainError, match=message):
        train.parse(data)


def test_the_split_is_three_to_one_and_follows_the_seed():
    table = train.parse(sample_csv())
    data = train.split(table, seed=1)
    assert (len(data.train_x), len(data.test_x)) == (60, 20)
    assert data.train_x.equals(train.split(table, seed=1).train_x)
    assert not data.train_x.equals(train.split(table, seed=2).train_x)


# --- Models ---


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_model_learns_and_the_same_seed_gives_the_same_model(recipe):
    data = train.split(train.parse(sample_csv()), seed=1)

    def fitted():
        model = recipe.build(**recipe.params, random_state=1)
        return model.fit(data.train_x, data.train_y)

    metrics = train.evaluate(fitted(), data)
    assert list(metrics) == ["rmse", "mae", "r2"]
    assert metrics["r2"] > 0.5
    assert metrics == train.evaluate(fitted(), data)


def test_metrics_of_a_perfect_model():
    data = train.split(train.parse(sample_csv()), seed=1)

    class Oracle:
        def predict(self, _):
            return data.test_y

    assert train.evaluate(Oracle(), data) == {"rmse": 0.0, "mae": 0.0, "r2": 1.0}


def test_a_version_is_a_folder_of_its_own():
    assert train.published_path("mlflow-wine", 2) == "wine/mlflow-wine/2"


# --- Command ---


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_server_that_is_down_ends_with_one_line_and_status_1(csv_file, free_port, capsys):
    uri = f"http://127.0.0.1:{free_port}"
    assert train.main(["--data", str(csv_file), "--tracking-uri", uri]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: cannot reach the tracking server at {uri} (")
    assert error.count("\n") == 1


def test_a_tracking_uri_that_is_no_server_is_refused(capsys):
    assert train.main(["--tracking-uri", "sqlite:///mlflow.db"]) == 1
    assert "must be the http(s) address" in capsys.readouterr().err


@pytest.fixture
def tracking_server(tmp_path, free_port):
    """A real server that keeps artifacts in a folder, as the platform's does in a bucket."""
    bucket = tmp_path / "bucket"
    uri = f"http://127.0.0.1:{free_port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={free_port}"]
        + ["--workers=1", "--serve-artifacts", f"--artifacts-destination={bucket}"]
        + [f"--backend-store-uri=sqlite:///{tmp_path}/mlflow.db"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{uri}/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield uri, bucket
    finally:
        process.terminate()
        process.wait(20)


def test_models_are_logged_and_published_through_the_server(csv_file, tracking_server, capsys):
    uri, bucket = tracking_server
    arguments = ["--data", str(csv_file), "--tracking-uri", uri]

    assert train.main(arguments) == 1
    assert "has sha256" in capsys.readouterr().err

    assert train.main([*arguments, "--no-verify"]) == 0
    printed = capsys.readouterr().out
    features = train.split(train.parse(sample_csv()), seed=42).test_x
    for recipe in RECIPES:
        assert f"s3://models/wine/{recipe.name}/1" in printed
        folder = bucket / "wine" / recipe.name / "1"
        model = mlflow.pyfunc.load_model(str(folder))
        assert model.metadata.signature.inputs.input_names() == FEATURES
        assert len(model.predict(features)) == len(features)
    # The names that MLServer's runtimes look for.
    assert (bucket / "wine/xgb-wine-k8s/1/model.json").is_file()
    assert (bucket / "wine/mlflow-wine/1/MLmodel").is_file()

    runs = mlflow.search_runs(experiment_names=[train.EXPERIMENT]).set_index(
        "tags.mlflow.runName"
    )
    assert runs.loc["xgb-wine-k8s", "params.n_estimators"] == "100"
    assert runs.loc["mlflow-wine", "params.l1_ratio"] == "0.99"
    assert runs.loc["mlflow-wine", "tags.published"] == "wine/mlflow-wine/1"
    assert runs["metrics.rmse"].notna().all()
