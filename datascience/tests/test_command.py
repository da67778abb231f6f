"""The command's options and its one line for bad input; no server is needed."""

import http.server
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conftest import free_port
from wine_experiment import cli, registry
from wine_experiment.errors import TrainError

TRAIN = Path(__file__).resolve().parents[1] / "train.py"


def fails(capsys, *arguments: str) -> str:
    """The line that the command ends with."""
    assert cli.main(list(arguments)) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ") and printed.err.count("\n") == 1
    assert printed.out == ""
    return printed.err


def test_the_script_explains_itself_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, str(TRAIN), "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "--tracking-uri" in done.stdout and "no\nS3 credentials" in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "x"], "--seed: invalid whole number from 0 to 4294967295 value: 'x'"),
        (["--seed", "-1"], "--seed: invalid whole number"),
        (["--seed", "4294967296"], "--seed: invalid whole number"),
        (["--version", "0"], "--version: invalid whole number from 1 value: '0'"),
        (["--version", "../2"], "--version: invalid whole number"),
        (["--versions", "2"], "unrecognized arguments: --versions 2"),
        (["wine.csv"], "unrecognized arguments: wine.csv"),
        (["--data"], "--data: expected one argument"),
        (["--alias", ""], "--alias must be of letters"),
        (["--alias", "the best"], "--alias must be of letters"),
        (["--alias", "größter"], "--alias must be of letters"),
        (["--alias", "a" * 256], "--alias must be of letters"),
        (["--alias", "latest"], "--alias latest is reserved"),
        (["--alias", "V2"], "--alias V2 is reserved"),
    ],
)
def test_a_bad_option_is_one_line_before_anything_is_done(arguments, message, capsys):
    assert message in fails(capsys, *arguments)


@pytest.mark.parametrize("alias", ["champion", "v2-rc", "latest_2", "2"])
def test_other_aliases_are_fine(alias):
    assert registry.check_alias(alias) == alias


def test_the_server_is_the_one_of_the_environment_unless_an_option_names_it(monkeypatch):
    assert cli.parse_args([]).tracking_uri == "http://localhost:5000"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert cli.parse_args([]).tracking_uri == "http://localhost:5000"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.mlflow:5000")
    assert cli.parse_args([]).tracking_uri == "http://mlflow.mlflow:5000"
    assert cli.parse_args(["--tracking-uri", "http://there"]).tracking_uri == "http://there"


def test_a_server_that_is_down_ends_with_a_line(capsys):
    uri = f"http://127.0.0.1:{free_port()}"
    assert f"cannot reach the tracking server at {uri} (" in fails(capsys, "--tracking-uri", uri)


def test_a_server_that_is_not_mlflow_ends_with_a_line(capsys):
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        uri = f"http://127.0.0.1:{site.server_port}/"
        assert "cannot reach the tracking server" in fails(capsys, "--tracking-uri", uri)
    finally:
        site.shutdown()
        site.server_close()


def test_a_server_that_does_not_speak_http_ends_with_a_line(capsys):
    def answer():
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"220 mail ready\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, daemon=True).start()
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert "220 mail ready" in fails(capsys, "--tracking-uri", uri)


@pytest.mark.parametrize(
    "uri", ["sqlite:///mlflow.db", "localhost:5000", "mlruns", "http://", "http:///x", "ftp://x"]
)
def test_a_tracking_uri_that_is_no_server_is_refused(uri, capsys):
    assert "must be the http(s) address" in fails(capsys, "--tracking-uri", uri)


@pytest.mark.parametrize("uri", ["http://me:secret@localhost:5000", "db://me:secret@host/x"])
def test_a_password_in_the_address_is_refused_and_not_shown(uri, capsys):
    line = fails(capsys, "--tracking-uri", uri)
    assert "must have no login in it" in line and "secret" not in line


def test_an_interrupted_run_says_so(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert "interrupted" in fails(capsys)


def test_an_error_of_many_lines_becomes_one(monkeypatch, capsys):
    def failing(_):
        raise TrainError("first\n  second")

    monkeypatch.setattr(cli, "run", failing)
    assert fails(capsys) == "error: first second\n"
