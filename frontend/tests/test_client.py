"""What is sent to a model, what is read from its answer, and what goes wrong."""

import json
import threading

import pytest

import client
from client import Answer, PredictionError, build_request, parse_response, predict
from fake_model import V2_ANSWER, server
from form import Column

COLUMNS = [
    Column("smoker", "boolean"),
    Column("age", "integer"),
    Column("id", "long"),
    Column("dose", "float"),
    Column("length", "double"),
    Column("town", "string"),
    Column("since", "datetime"),
    Column("note", "string", required=False),
]
ROW = {
    "smoker": True, "age": 7, "id": 2**40, "dose": 0.5, "length": 1.0, "town": "Köln", "since": "2024-01-02T03:04:05",
}  # fmt: skip


def test_a_v2_request_is_one_tensor_of_its_own_type_per_column_that_is_given():
    request = build_request("v2", COLUMNS, ROW)
    assert request["parameters"] == {"content_type": "pd"}
    assert [
        (i["name"], i["datatype"], i["data"], i["parameters"], i["shape"]) for i in request["inputs"]
    ] == [
        ("smoker", "BOOL", [True], {"content_type": "np"}, [1, 1]),
        ("age", "INT32", [7], {"content_type": "np"}, [1, 1]),
        ("id", "INT64", [2**40], {"content_type": "np"}, [1, 1]),
        ("dose", "FP32", [0.5], {"content_type": "np"}, [1, 1]),
        ("length", "FP64", [1.0], {"content_type": "np"}, [1, 1]),
        ("town", "BYTES", ["Köln"], {"content_type": "str"}, [1, 1]),
        ("since", "BYTES", ["2024-01-02T03:04:05"], {"content_type": "datetime"}, [1, 1]),
    ]


def test_a_seldon_request_is_one_named_row_in_column_order():
    assert build_request("seldon", COLUMNS, ROW) == {
        "data": {
            "names": ["smoker", "age", "id", "dose", "length", "town", "since"],
            "ndarray": [[True, 7, 2**40, 0.5, 1.0, "Köln", "2024-01-02T03:04:05"]],
        }
    }


def test_an_unknown_protocol_is_refused_by_name():
    with pytest.raises(PredictionError, match="'grpc', expected one of v2, seldon"):
        build_request("grpc", COLUMNS, ROW)


@pytest.mark.parametrize(
    ("protocol", "body", "answers"),
    [
        ("v2", {"outputs": [{"name": "p", "data": [5.5]}]}, [("p", 5.5)]),
        ("v2", {"outputs": [{"data": [[5.5]]}]}, [("", 5.5)]),
        ("v2", {"outputs": [{"name": "p", "data": ["good"]}]}, [("p", "good")]),
        ("v2", {"outputs": [{"name": "p", "data": [True]}]}, [("p", True)]),
        ("v2", {"outputs": [{"name": "p", "data": [[0.1, 0.9]]}]}, [("p[0]", 0.1), ("p[1]", 0.9)]),
        (
            "v2",
            {"outputs": [{"name": "p", "data": [0.5]}, {"name": "q", "data": [None]}]},
            [("p", 0.5), ("q", None)],
        ),
        ("seldon", {"data": {"names": [], "ndarray": [5.5]}}, [("", 5.5)]),
        ("seldon", {"data": {"names": ["t:0"], "ndarray": [[5.5]]}}, [("t:0", 5.5)]),
        ("seldon", {"data": {"names": ["a", "b"], "ndarray": [[1, 2]]}}, [("a", 1), ("b", 2)]),
        ("seldon", {"data": {"tensor": {"shape": [1, 1], "values": [5.5]}}}, [("", 5.5)]),
        ("seldon", {"strData": "good"}, [("", "good")]),
    ],
)
def test_an_answer_is_read(protocol, body, answers):
    assert parse_response(protocol, body) == [Answer(*answer) for answer in answers]


@pytest.mark.parametrize("protocol", client.PROTOCOLS)
@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "5.5",
        5.5,
        {},
        {"outputs": []},
        {"outputs": 5},
        {"outputs": [5]},
        {"outputs": [{"data": []}]},
        {"outputs": [{"data": {"0": 5.5}}]},
        {"outputs": [{"data": [{"0": 5.5}]}]},
        {"outputs": [{"data": "5.5"}]},
        {"data": None},
        {"data": {"ndarray": [[]]}},
        {"data": {"ndarray": 5.5}},
        {"data": {"names": 5, "ndarray": [5.5]}},
    ],
)
def test_an_answer_of_another_shape_is_an_error_that_shows_it(protocol, body):
    with pytest.raises(PredictionError, match="not with a prediction") as caught:
        parse_response(protocol, body)
    assert caught.value.detail == (body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"null", b"1e999", b"9" * 400])
def test_an_answer_that_is_no_number_is_said_so(value):
    with server(body=b'{"outputs": [{"name": "p", "data": [%s]}]}' % value) as (url, _):
        with pytest.raises(PredictionError, match="no number"):
            predict(url, "v2", COLUMNS, ROW)


def test_the_answer_of_the_other_protocol_points_at_the_setting():
    with server(body=V2_ANSWER) as (url, _):
        with pytest.raises(PredictionError, match="seldon protocol. Check MODEL_PROTOCOL"):
            predict(url, "seldon", COLUMNS, ROW)


def test_the_request_goes_out_and_the_prediction_comes_back():
    with server(body=V2_ANSWER) as (url, received):
        assert predict(url, "v2", COLUMNS, ROW) == [Answer("output-1", 5.06)]
    assert received == [build_request("v2", COLUMNS, ROW)]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (302, r"sends its callers elsewhere \(HTTP status 302\). Check API_URL"),
        (401, r"does not let this page ask it \(HTTP status 401\)"),
        (404, r"no model at this address \(HTTP status 404\). Is it still loading"),
        (400, r"refused these values \(HTTP status 400\)"),
        (422, r"refused these values \(HTTP status 422\)"),
        (500, r"failed on these values \(HTTP status 500\)"),
        (503, r"not ready yet \(HTTP status 503\). Try again"),
        (504, r"not ready yet \(HTTP status 504\)"),
        (204, r"HTTP status 204"),
    ],
)
def test_a_status_is_put_into_words(status, message):
    with server(status=status) as (url, _):
        with pytest.raises(PredictionError, match=message):
            predict(url, "v2", COLUMNS, ROW)


def test_what_the_server_says_of_a_wrong_shape_is_shown():
    said = '{"error": "input tensor [4] expected, got [1, 7]"}'
    with server(status=400, body=said.encode()) as (url, _):
        with pytest.raises(PredictionError) as caught:
            predict(url, "v2", COLUMNS, ROW)
    assert caught.value.detail == said


def test_a_long_answer_is_cut():
    with server(status=500, body=b"x" * 5000) as (url, _):
        with pytest.raises(PredictionError) as caught:
            predict(url, "v2", COLUMNS, ROW)
    assert caught.value.detail == "x" * 1000 + "…"


def test_a_redirect_is_not_followed():
    with server(status=307, headers=[("Location", "/elsewhere")]) as (url, received):
        with pytest.raises(PredictionError, match="HTTP status 307"):
            predict(url, "v2", COLUMNS, ROW)
    assert len(received) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000], ids=lambda body: repr(body[:9]))
def test_an_answer_that_is_not_json_points_at_the_url(body):
    with server(body=body) as (url, _):
        with pytest.raises(PredictionError, match="Check API_URL"):
            predict(url, "v2", COLUMNS, ROW)


def test_an_answer_that_breaks_off_is_said_so():
    with server(body=b"5\r\n{", headers=[("Transfer-Encoding", "chunked")]) as (url, _):
        with pytest.raises(PredictionError, match="broke off"):
            predict(url, "v2", COLUMNS, ROW)


def test_a_slow_model_is_a_timeout(monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", (1, 0.1))
    with server(wait=threading.Event()) as (url, _):
        with pytest.raises(PredictionError, match="did not answer in time"):
            predict(url, "v2", COLUMNS, ROW)


def test_a_model_that_is_down_cannot_be_reached():
    with server() as (url, _):
        pass
    with pytest.raises(PredictionError, match="cannot be reached"):
        predict(url, "v2", COLUMNS, ROW)


@pytest.mark.parametrize("url", ["mlflow-wine:8000", "", "http://", "http://[::1", "http://.a", "http://a:99999/", "http://\udc80/"])
def test_what_is_no_url_is_a_configuration_error(url):
    with pytest.raises(PredictionError, match="API_URL .*cannot be called"):
        predict(url, "v2", COLUMNS, ROW)
