"""Asks a deployed model for a prediction.

Seldon serves a model under one of two protocols: `v2` (the Open Inference
Protocol, MLServer) or `seldon` (Seldon's first own).
"""

import math
from collections.abc import Mapping
from typing import Any

import requests

# To connect, to answer; in seconds. A model that is up connects at once, but the
# first prediction after its start may take a while.
TIMEOUT = (3, 20)
EXCERPT_LENGTH = 300


class PredictionError(Exception):
    """Why there is no prediction, in words for the person at the screen."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        """What the model said, if anything; to be shown verbatim."""


def v2_request(row: Mapping[str, float]) -> dict[str, Any]:
    """One named tensor per feature, to be read as a table.

    Accepted by MLServer's mlflow and xgboost runtimes alike; a single tensor
    without names is refused by an MLflow model that has a signature.
    """
    return {
        "parameters": {"content_type": "pd"},
        "inputs": [
            {
                "name": name,
                "shape": [1, 1],
                "datatype": "FP64",
                "data": [value],
                "parameters": {"content_type": "np"},
            }
            for name, value in row.items()
        ],
    }


def seldon_request(row: Mapping[str, float]) -> dict[str, Any]:
    return {"data": {"ndarray": [list(row.values())]}}


REQUESTS = {"v2": v2_request, "seldon": seldon_request}
ANSWERS = {
    "v2": lambda body: body["outputs"][0]["data"],
    "seldon": lambda body: body["data"]["ndarray"],
}
PROTOCOLS = tuple(REQUESTS)


def build_request(protocol: str, row: Mapping[str, float]) -> dict[str, Any]:
    if protocol not in REQUESTS:
        raise PredictionError(
            f"MODEL_PROTOCOL is {protocol!r}, expected one of {', '.join(PROTOCOLS)}."
        )
    return REQUESTS[protocol](row)


def parse_response(protocol: str, body: Any) -> float:
    try:
        value = ANSWERS[protocol](body)
        while isinstance(value, list):  # [5.1] or [[5.1]], depending on the server
            value = value[0]
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value)
    except (KeyError, IndexError, TypeError):
        pass
    raise PredictionError(
        f"The model answered, but not with a prediction of the {protocol} protocol. "
        "Check MODEL_PROTOCOL.",
        excerpt(str(body)),
    )


def predict(url: str, protocol: str, row: Mapping[str, float]) -> float:
    request = build_request(protocol, row)
    try:
        # A redirected POST would arrive as a GET; better to report the redirect.
        response = requests.post(url, json=request, timeout=TIMEOUT, allow_redirects=False)
    except requests.Timeout as error:
        raise PredictionError(f"The model at {url} did not answer in time.") from error
    except requests.ConnectionError as error:
        raise PredictionError(
            f"The model at {url} cannot be reached. Is it deployed and ready?"
        ) from error
    except requests.RequestException as error:
        raise PredictionError(f"API_URL {url} cannot be called.", str(error)) from error

    if response.status_code != requests.codes.ok:
        raise PredictionError(
            f"The model refused with HTTP status {response.status_code}.",
            excerpt(response.text),
        )
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise PredictionError(
            "The model's answer is not JSON. Check API_URL.", excerpt(response.text)
        ) from error
    return parse_response(protocol, body)


def excerpt(text: str) -> str:
    text = text.strip()
    return text if len(text) <= EXCERPT_LENGTH else f"{text[:EXCERPT_LENGTH]}…"
