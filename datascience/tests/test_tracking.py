import os

import pytest

from wine_experiment.tracking import through_the_server

DIRECTIONS = ["MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"]


@pytest.mark.parametrize("name", DIRECTIONS)
def test_files_go_through_the_tracking_server(name, monkeypatch):
    monkeypatch.setenv(name, "")
    monkeypatch.delenv(name)
    through_the_server()
    assert os.environ[name] == "False"


@pytest.mark.parametrize("name", DIRECTIONS)
def test_unless_the_environment_says_otherwise(name, monkeypatch):
    monkeypatch.setenv(name, "true")
    through_the_server()
    assert os.environ[name] == "true"
