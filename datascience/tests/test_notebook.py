"""The notebook as a person would run it, top to bottom, against a real MLflow server."""

from pathlib import Path

import mlflow
import nbclient
import nbformat
import pytest

from conftest import REAL_DATA, Server
from wine_experiment.models import RECIPES

NOTEBOOK = Path(__file__).resolve().parents[1] / "wine_experiment.ipynb"


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_committed_without_what_a_run_leaves_in_it(notebook):
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_it_calls_the_package_and_repeats_none_of_it(notebook):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert not [source for source in code if "def " in source or "class " in source]
    assert max(len(source.splitlines()) for source in code) <= 7


def test_it_runs_from_top_to_bottom(notebook, server: Server, wine_file):
    (at,) = [
        index
        for index, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", [])
    ]
    sha256 = "" if REAL_DATA.is_file() else "SHA256 = None\n"
    mine = (
        f"TRACKING_URI = {server.uri!r}\nSOURCE = {str(wine_file)!r}\n{sha256}"
        "FOLDER = 3\nALIAS = 'notebook'"
    )
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(mine))

    nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()

    printed = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    pictures = [one for outputs in printed for one in outputs if "image/png" in one.get("data", {})]
    assert len(pictures) == 2
    for recipe in RECIPES:
        version = mlflow.MlflowClient(server.uri).get_model_version_by_alias(
            recipe.registered, "notebook"
        )
        path = f"wine/{recipe.published}/3"
        assert version.tags["published"] == path
        assert (server.bucket / path / "MLmodel").is_file()
        assert f"models:/{recipe.registered}@notebook" in str(printed[-1])
