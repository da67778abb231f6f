"""Pytest puts this file's folder on the import path: the tests import the package from it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from sample import sample_csv

# Beside the repository where it is developed; not part of it.
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "winequality-red.csv"


def pytest_terminal_summary(terminalreporter) -> None:
    """Said at the end, where -q does not hide it."""
    data = "the real file" if REAL_DATA.is_file() else "a generated sample, no real file found"
    terminalreporter.write_line(f"wine data: {data}")


@pytest.fixture(scope="session", autouse=True)
def machine(tmp_path_factory: pytest.TempPathFactory):
    """No test reads or writes what the user has: neither the cache nor a server's address."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
            patch.delenv(name)
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def wine_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data where this machine has it, else a sample of its size."""
    path = tmp_path_factory.mktemp("data") / "winequality-red.csv"
    if REAL_DATA.is_file():
        shutil.copyfile(REAL_DATA, path)
    else:
        path.write_bytes(sample_csv(rows=1599))
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Server:
    uri: str
    bucket: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A real MLflow server that keeps artifacts in a folder, as the platform's does in a bucket."""
    folder = tmp_path_factory.mktemp("mlflow")
    bucket = folder / "bucket"
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={port}"]
            + ["--workers=1", "--serve-artifacts", f"--artifacts-destination={bucket}"]
            + [f"--backend-store-uri=sqlite:///{folder}/mlflow.db"],
            cwd=folder,
            # As the platform runs it.
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"{uri}/health", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield Server(uri, bucket)
    finally:
        process.terminate()
        process.wait(20)
