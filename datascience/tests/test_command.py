"""The command's options and its one line for bad input; no server is needed."""

import contextlib
import datetime
import http.server
import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED

from conftest import free_port
from sample import sample_csv
from wine_experiment import cli, registry, tracking
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


@contextlib.contextmanager
def stranger(statuses: dict[str, int], context: ssl.SSLContext | None = None):
    """A web server that is not MLflow: a status for some paths, a page, 404 for the rest."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(statuses.get(self.path.split("?")[0], 404))
            self.end_headers()
            self.wfile.write(b"<!doctype html>\n<title>Hello</title>")

        do_POST = do_GET

        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        site.socket = context.wrap_socket(site.socket, server_side=True)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{site.server_port}"
    finally:
        site.shutdown()
        site.server_close()


def test_a_server_without_mlflows_health_page_ends_with_a_line(capsys):
    with stranger({}) as uri:
        line = fails(capsys, "--tracking-uri", f"{uri}/")
    assert f"cannot reach the tracking server at {uri} (HTTP Error 404: Not Found)" in line


BY_NAME = "/api/2.0/mlflow/experiments/get-by-name"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (200, "the tracking server did not accept a request: "),
        (401, "refuses the login: set MLFLOW_TRACKING_USERNAME"),
        (403, "refuses the login: set MLFLOW_TRACKING_USERNAME"),
        (404, "the tracking server did not accept a request: "),
    ],
)
def test_a_server_that_answers_as_no_mlflow_does_ends_with_a_line(
    status, message, capsys, tmp_path
):
    data = tmp_path / "wine.csv"
    data.write_bytes(sample_csv())
    with stranger({"/health": 200, BY_NAME: status}) as uri:
        arguments = ["--tracking-uri", uri, "--data", str(data), "--no-verify"]
        assert message in fails(capsys, *arguments)


def test_a_refused_host_is_not_taken_for_a_refused_login():
    said = "Response body: 'Invalid Host header - possible DNS rebinding attack detected'"
    line = cli.refusal(MlflowException(said, error_code=PERMISSION_DENIED))
    assert said in line and "login" not in line


@pytest.fixture
def certificate(tmp_path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, and its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(pem)
        + key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


def test_a_server_is_trusted_as_mlflow_is_told_to(certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with stranger({"/health": 200}, context) as uri:
        with pytest.raises(TrainError, match="certificate verify failed"):
            tracking.connect(uri)
        with monkeypatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(certificate))
            tracking.connect(uri)
        monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
        tracking.connect(uri)


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
