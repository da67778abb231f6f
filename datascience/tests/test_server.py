"""The whole way through a real MLflow server: logged, published, registered."""

import json
import urllib.parse
import urllib.request

import mlflow
import pandas
import pytest
from mlflow.exceptions import MlflowException

from conftest import REAL_DATA, Server
from wine_experiment import cli, data, publish, registry, tracking
from wine_experiment.data import FEATURES
from wine_experiment.models import RECIPES

each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.registered)


@pytest.fixture(scope="module")
def arguments(server: Server, wine_file) -> list[str]:
    verify = [] if REAL_DATA.is_file() else ["--no-verify"]
    return ["--data", str(wine_file), "--tracking-uri", server.uri, *verify]


@pytest.fixture(scope="module")
def first(arguments) -> int:
    """The models, trained once for all the tests that only look at them."""
    return cli.main([*arguments, "--alias", "first"])


def ask(server: Server, endpoint: str, **query: str) -> dict:
    """An answer of the server's REST API, which readers other than MLflow's client use."""
    address = f"{server.uri}/api/2.0/{endpoint}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(address, timeout=30) as response:
        return json.load(response)


def by_alias(server: Server, name: str, alias: str) -> dict:
    answer = ask(server, "mlflow/registered-models/alias", name=name, alias=alias)
    return answer["model_version"]


def tags(entry: dict) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in entry["tags"]}


def wines(wine_file) -> data.Split:
    return data.split(data.parse(wine_file.read_bytes()), seed=42)


@each_recipe
def test_the_published_folder_is_a_model_that_the_servers_recognise(
    recipe, first, server, wine_file
):
    assert first == 0
    folder = server.bucket / "wine" / recipe.published / "1"
    # The names that MLServer's runtimes look for.
    assert (folder / "MLmodel").is_file()
    model = mlflow.pyfunc.load_model(str(folder))
    if recipe.library == "XGBoost":
        assert (folder / "model.json").is_file()
    else:
        flavor = model.metadata.flavors["sklearn"]
        assert (flavor["serialization_format"], flavor["sklearn_version"]) == (
            "cloudpickle",
            "1.5.2",
        )
    assert model.metadata.signature.inputs.input_names() == FEATURES
    assert {str(kind) for kind in model.metadata.signature.inputs.input_types()} == {
        "DataType.double"
    }
    features = wines(wine_file).test_x
    assert len(model.predict(features)) == len(features)


@each_recipe
def test_the_run_has_all_that_is_needed_to_repeat_it(recipe, first, server, wine_file):
    version = by_alias(server, recipe.registered, "first")
    run = ask(server, "mlflow/runs/get", run_id=version["run_id"])["run"]
    assert run["info"]["run_name"] == recipe.published
    params = {entry["key"]: entry["value"] for entry in run["data"]["params"]}
    rows = len(data.parse(wine_file.read_bytes()))
    assert params == {
        **{name: str(value) for name, value in recipe.params.items()},
        "seed": "42",
        "train_rows": str(rows * 3 // 4),
        "test_rows": str(rows - rows * 3 // 4),
    }
    noted = tags(run["data"])
    assert noted["data.sha256"] == data.digest(wine_file.read_bytes())
    assert noted["published"] == f"wine/{recipe.published}/1"
    assert noted["version.scikit-learn"] == "1.5.2"
    assert set(tracking.LIBRARIES) < {name.removeprefix("version.") for name in noted}


@each_recipe
def test_the_registry_leads_from_the_alias_to_the_files(recipe, first, server, wine_file):
    version = by_alias(server, recipe.registered, "first")
    assert version["status"] == "READY"
    assert version["source"].startswith("models:/m-")
    assert tags(version) == {
        "data.sha256": data.digest(wine_file.read_bytes()),
        "seed": "42",
        "published": f"wine/{recipe.published}/1",
    }
    assert data.digest(wine_file.read_bytes()) in version["description"]
    place = ask(
        server,
        "mlflow/model-versions/get-download-uri",
        name=recipe.registered,
        version=version["version"],
    )["artifact_uri"].removeprefix("mlflow-artifacts:/")
    served = server.bucket / "wine" / recipe.published / "1"
    logged = {path.name: path.read_bytes() for path in (server.bucket / place).iterdir()}
    assert logged == {path.name: path.read_bytes() for path in served.iterdir()}
    listed = ask(server, "mlflow-artifacts/artifacts", path=place)["files"]
    assert {file["path"] for file in listed} == set(logged)


@each_recipe
def test_the_model_itself_has_its_metrics_and_parameters(recipe, first, server):
    version = by_alias(server, recipe.registered, "first")
    model = ask(server, f"mlflow/logged-models/{version['source'].removeprefix('models:/')}")
    metrics = {entry["key"]: entry["value"] for entry in model["model"]["data"]["metrics"]}
    assert metrics.keys() == {"rmse", "mae", "r2"}
    assert f"rmse {metrics['rmse']:.4f}" in version["description"]
    if REAL_DATA.is_file():
        assert 0.5 < metrics["rmse"] < 0.7
    params = {entry["key"]: entry["value"] for entry in model["model"]["data"]["params"]}
    assert params.items() >= {name: str(value) for name, value in recipe.params.items()}.items()


def test_a_second_run_is_a_new_version_and_only_its_alias_moves(
    first, arguments, server, wine_file, capsys
):
    before = [by_alias(server, recipe.registered, "first") for recipe in RECIPES]
    served = server.bucket / "wine" / RECIPES[0].published / "1" / "MLmodel"
    text = served.read_text()
    assert cli.main([*arguments, "--alias", "next", "--version", "2"]) == 0
    printed = capsys.readouterr().out
    for recipe, old in zip(RECIPES, before):
        assert by_alias(server, recipe.registered, "first") == old
        after = by_alias(server, recipe.registered, "next")
        assert int(after["version"]) > int(old["version"])
        assert f"s3://models/wine/{recipe.published}/2" in printed
        assert f"version {after['version']}, models:/{recipe.registered}@next" in printed
        assert tags(after)["published"] == f"wine/{recipe.published}/2"
        # The same data and seed: the same model, whichever way it is named.
        pandas.testing.assert_series_equal(
            *(
                pandas.Series(mlflow.pyfunc.load_model(place).predict(wines(wine_file).test_x))
                for place in [
                    f"models:/{recipe.registered}@first",
                    str(server.bucket / "wine" / recipe.published / "2"),
                ]
            )
        )
    assert served.read_text() == text
    runs = tracking.compare_runs()
    assert list(runs["published"].iloc[:2]) == [
        f"wine/{recipe.published}/2" for recipe in reversed(RECIPES)
    ]
    assert runs[["rmse", "mae", "r2", "started"]].notna().all(axis=None)


def state(server: Server) -> tuple:
    """All that serving depends on: the published files, and the versions and aliases."""
    client = mlflow.MlflowClient(server.uri)
    return (
        sorted(
            (str(path), path.stat().st_mtime_ns) for path in (server.bucket / "wine").rglob("*")
        ),
        [
            (model.name, model.aliases, model.latest_versions[0].version)
            for model in client.search_registered_models()
        ],
    )


def test_bad_data_changes_nothing(first, arguments, server, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_bytes(b"quality\n5\n")
    before = state(server)
    runs = len(mlflow.MlflowClient(server.uri).search_runs(["1"]))
    line = [*arguments, "--data", str(other)]
    assert cli.main([name for name in line if name != "--no-verify"]) == 1
    assert cli.main([*line, "--no-verify"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert "has sha256" in errors[0] and "has no column fixed acidity" in errors[1]
    assert len(errors) == 2
    assert state(server) == before
    assert len(mlflow.MlflowClient(server.uri).search_runs(["1"])) == runs


class Refused(MlflowException):
    pass


def refuse_the_last(monkeypatch, module, name):
    """Lets a step go through for every model but the last, where the server says no."""
    real = getattr(module, name)

    def step(*arguments):
        if RECIPES[-1] in [*arguments, *(getattr(one, "recipe", None) for one in arguments)]:
            raise Refused("no space left")
        return real(*arguments)

    monkeypatch.setattr(module, name, step)


@pytest.mark.parametrize(
    ("module", "name", "served_stays"),
    [
        (tracking, "train_and_log", True),
        (publish, "publish", False),
        (registry, "register", False),
        (registry, "point", False),
    ],
    ids=["train", "publish", "register", "alias"],
)
def test_a_server_that_refuses_half_way_is_put_right_by_the_next_run(
    module, name, served_stays, first, arguments, server, monkeypatch, capsys
):
    before = state(server)
    line = [*arguments, "--alias", "first"]
    with monkeypatch.context() as patch:
        refuse_the_last(patch, module, name)
        assert cli.main(line) == 1
    error = capsys.readouterr().err
    assert "error: the tracking server did not accept a request: no space left\n" in error
    if served_stays:
        assert state(server) == before
    aliases = {model: aliases["first"] for model, aliases, _ in before[1]}
    # No alias moves before all can.
    for recipe in RECIPES if name != "point" else RECIPES[-1:]:
        version = by_alias(server, recipe.registered, "first")["version"]
        assert version == str(aliases[recipe.registered])

    assert cli.main(line) == 0
    for recipe in RECIPES:
        version = by_alias(server, recipe.registered, "first")
        client = mlflow.MlflowClient(server.uri)
        assert version["version"] == client.get_registered_model(
            recipe.registered
        ).latest_versions[0].version
        served = server.bucket / "wine" / recipe.published / "1" / "MLmodel"
        assert version["run_id"] in served.read_text()
