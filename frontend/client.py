"""Asks a deployed model for a prediction.

Seldon serves a model under one of two protocols: `v2` (the Open Inference
Protocol, MLServer) or `seldon` (Seldon's first own).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from form import Column, Value, finite

# To connect, to answer; in seconds. A model that is up connects at once, but the
# first prediction after its start may take a while.
TIMEOUT = (3, 20)
EXCERPT_LENGTH = 1000

PROTOCOLS = ("v2", "seldon")

# What MLServer must be told of a column for a table that an MLflow signature accepts:
# no type is converted into another there, not even an integer into a long.
DATATYPES = {
    "boolean": ("BOOL", "np"),
    "integer": ("INT32", "np"),
    "long": ("INT64", "np"),
    "float": ("FP32", "np"),
    "double": ("FP64", "np"),
    "string": ("BYTES", "str"),
    "datetime": ("BYTES", "datetime"),
}

Row = Mapping[str, Value]
"""Values by column name; a column that is left out is not in it."""


class PredictionError(Exception):
    """Why there is no prediction, in words for the person at the screen."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        """What the model said, if anything; to be shown verbatim."""


@dataclass(frozen=True)
class Answer:
    """One value that the model answered for the row."""

    name: str
    value: Value | None


def check_protocol(protocol: str) -> None:
    if protocol not in PROTOCOLS:
        raise PredictionError(
            f"MODEL_PROTOCOL is {protocol!r}, expected one of {', '.join(PROTOCOLS)}."
        )


def build_request(protocol: str, columns: Sequence[Column], row: Row) -> dict[str, Any]:
    check_protocol(protocol)
    given = [column for column in columns if column.name in row]
    return (v2_request if protocol == "v2" else seldon_request)(given, row)


def v2_request(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    """One named tensor per column, to be read as a table.

    Accepted by MLServer's mlflow and xgboost runtimes alike; a single tensor
    without names is refused by an MLflow model that has a signature.
    """
    return {
        "parameters": {"content_type": "pd"},
        "inputs": [
            {
                "name": column.name,
                "shape": [1, 1],
                "datatype": datatype,
                "data": [row[column.name]],
                "parameters": {"content_type": content_type},
            }
            for column in columns
            for datatype, content_type in [DATATYPES[column.type]]
        ],
    }


def seldon_request(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    names = [column.name for column in columns]
    return {"data": {"names": names, "ndarray": [[row[name] for name in names]]}}


def parse_response(protocol: str, body: Any) -> list[Answer]:
    """What the model answered for the one row that it was asked about."""
    try:
        answers = (v2_answers if protocol == "v2" else seldon_answers)(body)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        answers = []
    if not answers:
        raise PredictionError(
            f"The model answered, but not with a prediction of the {protocol} protocol. "
            "Check MODEL_PROTOCOL and API_URL.",
            excerpt(body),
        )
    if all(answer.value is None for answer in answers):
        raise PredictionError(
            "The model answered with no number (NaN, infinity or null). "
            "It cannot judge these values.",
            excerpt(body),
        )
    return answers


def v2_answers(body: Any) -> list[Answer]:
    answers = []
    for output in body["outputs"]:
        values = [_value(value) for value in _flat(output["data"])]
        answers += _named(values, [], str(output.get("name", "")))
    return answers


def seldon_answers(body: Any) -> list[Answer]:
    if "strData" in body:
        return [Answer("", _value(body["strData"]))]
    data = body["data"]
    values = data["ndarray"] if "ndarray" in data else data["tensor"]["values"]
    return _named([_value(value) for value in _flat(values)], data.get("names") or [], "")


def _named(values: list[Value | None], names: Sequence[str], name: str) -> list[Answer]:
    if len(names) == len(values):
        return [Answer(str(own), value) for own, value in zip(names, values, strict=True)]
    if len(values) == 1:
        return [Answer(name, values[0])]
    return [Answer(f"{name}[{index}]", value) for index, value in enumerate(values)]


def _flat(values: Any) -> list[Any]:
    """[5.1] and [[5.1]] are the same answer, depending on the server."""
    if not isinstance(values, list):
        raise TypeError("not a list")
    return [leaf for value in values for leaf in (_flat(value) if isinstance(value, list) else [value])]


def _value(value: Any) -> Value | None:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return value if finite(value) else None
    raise TypeError("neither a number nor text")


def predict(url: str, protocol: str, columns: Sequence[Column], row: Row) -> list[Answer]:
    request = build_request(protocol, columns, row)
    try:
        # A redirected POST would arrive as a GET; better to report the redirect.
        response = requests.post(url, json=request, timeout=TIMEOUT, allow_redirects=False)
    except requests.Timeout as error:
        raise PredictionError(f"The model at {url} did not answer in time. Try again.") from error
    except requests.ConnectionError as error:
        raise PredictionError(
            f"The model at {url} cannot be reached. Is it deployed and ready?"
        ) from error
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise PredictionError(
            f"The answer of the model at {url} broke off. Try again.", str(error)
        ) from error
    except (requests.RequestException, ValueError) as error:
        raise PredictionError(f"API_URL {url} cannot be called.", str(error)) from error

    if response.status_code != requests.codes.ok:
        raise PredictionError(refusal(response.status_code), excerpt(response.text))
    try:
        body = response.json()
    except (ValueError, RecursionError) as error:  # Also for numbers and lists without end.
        raise PredictionError(
            "The model's answer is not JSON. Check API_URL.", excerpt(response.text)
        ) from error
    return parse_response(protocol, body)


def refusal(status: int) -> str:
    said = f"(HTTP status {status})"
    if status == 404:
        return f"There is no model at this address {said}. Is it still loading? If not, check API_URL."
    if status in (502, 503, 504):
        return f"The model is not ready yet {said}. Try again in a minute."
    if 300 <= status < 400:
        return f"The address sends its callers elsewhere {said}. Check API_URL."
    if status in (401, 403):
        return f"The model does not let this page ask it {said}."
    if 400 <= status < 500:
        return f"The model refused these values {said}. Do the form's columns match the model's?"
    return (
        f"The model failed on these values {said}. "
        "Do the form's columns match the model's? Its log says more."
    )


def excerpt(said: Any) -> str:
    text = (said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)).strip()
    return text if len(text) <= EXCERPT_LENGTH else f"{text[:EXCERPT_LENGTH]}…"
