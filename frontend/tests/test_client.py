"""What is sent to a model, what is read from its answer, and what goes wrong."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import client
from client import PredictionError, build_request, parse_response, predict
from wine import FEATURES

ROW = {feature.name: feature.default for feature in FEATURES}
V2_ANSWER = {"outputs": [{"name": "output-1", "shape": [1, 1], "datatype": "FP64", "data": [5.06]}]}


@contextmanager
def server(status=200, body=b"{}", headers=(), wait=None):
    """A real HTTP server on a free port; yields its URL and what it was sent."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if wait:
                wait.wait(5)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/infer", received
    finally:
        if wait:
            wait.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def test_a_v2_request_is_one_named_tensor_per_feature():
    request = build_request("v2", ROW)
    assert request["parameters"] == {"content_type": "pd"}
    assert [tensor["name"] for tensor in request["inputs"]] == list(ROW)
    assert request["inputs"][-1] == {
        "name": "alcohol",
        "shape": [1, 1],
        "datatype": "FP64",
        "data": [9.4],
        "parameters": {"content_type": "np"},
    }


def test_a_seldon_request_is_one_row_in_column_order():
    assert build_request("seldon", ROW) == {
        "data": {"ndarray": [[7.4, 0.7, 0.0, 1.9, 0.076, 11.0, 34.0, 0.9978, 3.51, 0.56, 9.4]]}
    }


def test_an_unknown_protocol_is_refused_by_name():
    with pytest.raises(PredictionError, match="'grpc', expected one of v2, seldon"):
        build_request("grpc", ROW)


@pytest.mark.parametrize(
    ("protocol", "body"),
    [
        ("v2", {"outputs": [{"data": [5.5]}]}),
        ("v2", {"outputs": [{"data": [[5.5]]}]}),
        ("seldon", {"data": {"names": [], "ndarray": [5.5]}}),
        ("seldon", {"data": {"names": ["t:0"], "ndarray": [[5.5]]}}),
    ],
)
def test_a_prediction_is_read(protocol, body):
    assert parse_response(protocol, body) == 5.5


@pytest.mark.parametrize("protocol", client.PROTOCOLS)
@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "5.5",
        {},
        {"outputs": []},
        {"outputs": [{"data": []}]},
        {"outputs": [{"data": ["good"]}]},
        {"outputs": [{"data": [float("nan")]}]},
        {"outputs": [{"data": {"0": 5.5}}]},
        {"data": None},
        {"data": {"ndarray": [[]]}},
        {"data": {"ndarray": [None]}},
    ],
)
def test_an_answer_of_another_shape_is_an_error_that_shows_it(protocol, body):
    with pytest.raises(PredictionError, match="not with a prediction") as caught:
        parse_response(protocol, body)
    assert caught.value.detail == str(body)


def test_the_request_goes_out_and_the_prediction_comes_back():
    with server(body=json.dumps(V2_ANSWER).encode()) as (url, received):
        assert predict(url, "v2", ROW) == 5.06
    assert received == [build_request("v2", ROW)]


def test_a_refusal_shows_status_and_the_start_of_the_body():
    with server(status=500, body=b"x" * 1000) as (url, _):
        with pytest.raises(PredictionError, match="HTTP status 500") as caught:
            predict(url, "v2", ROW)
    assert caught.value.detail == "x" * 300 + "…"


def test_a_redirect_is_reported_not_followed():
    with server(status=302, headers=[("Location", "/elsewhere")]) as (url, received):
        with pytest.raises(PredictionError, match="HTTP status 302"):
            predict(url, "v2", ROW)
    assert len(received) == 1


def test_an_answer_that_is_not_json_points_at_the_url():
    with server(body=b"<html>") as (url, _):
        with pytest.raises(PredictionError, match="Check API_URL") as caught:
            predict(url, "v2", ROW)
    assert caught.value.detail == "<html>"


def test_a_slow_model_is_a_timeout(monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", (1, 0.1))
    with server(wait=threading.Event()) as (url, _):
        with pytest.raises(PredictionError, match="did not answer in time"):
            predict(url, "v2", ROW)


def test_a_model_that_is_down_cannot_be_reached():
    with server() as (url, _):
        pass
    with pytest.raises(PredictionError, match="cannot be reached"):
        predict(url, "v2", ROW)


def test_a_url_without_a_scheme_is_a_configuration_error():
    with pytest.raises(PredictionError, match="API_URL mlflow-wine:8000 cannot be called"):
        predict("mlflow-wine:8000", "v2", ROW)
