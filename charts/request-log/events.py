"""What an event of the executor becomes: a line of JSON, and the folder in the bucket that it belongs to.

The executor posts CloudEvents 1.0 in binary mode: what an event is about stands in headers, and the body is the request
or the answer as it was. Source: executor/logger/worker.go of Seldon Core 1.17.1.
"""

import base64
import json
import re

TYPES = {
    "io.seldon.serving.inference.request": "request",
    "io.seldon.serving.inference.response": "response",
    "io.seldon.serving.feedback": "feedback",
}
# Names of models are those of objects of Kubernetes, and parts of a path in the bucket.
MODEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# Fields of a line, and the headers that they are taken from.
FIELDS = {
    "id": "ce-id",
    "time": "ce-time",
    "request": "ce-requestid",
    "predictor": "ce-endpoint",
    "node": "ce-modelid",
    "contentType": "content-type",
}


class Refused(Exception):
    """An event that is not taken, with the HTTP status of the answer, and the reason that it is counted by."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


def event_of(headers, body, namespace, now):
    """The folder, and the line without its end. @raises Refused"""
    kind, model = TYPES.get(headers.get("ce-type")), headers.get("ce-inferenceservicename", "")
    if kind is None or not MODEL.fullmatch(model):
        raise Refused(400, "invalid")
    # Nobody writes into the folder of others: the pods of each namespace reach a receiver of their own.
    if headers.get("ce-namespace") != namespace:
        raise Refused(403, "foreign")
    about = {"received": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "namespace": namespace, "model": model, "type": kind}
    about.update({field: headers[name] for field, name in FIELDS.items() if name in headers})
    name, text = content_of(body)
    return f"{namespace}/{model}/{now:%Y-%m-%d/%H}", f'{json.dumps(about)[:-1]}, "{name}": {text}}}'


def content_of(body):
    """A body that is JSON as it is, with every digit of its numbers; another one in base64."""
    try:
        text = body.decode()
        json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return "base64", f'"{base64.b64encode(body).decode()}"'
    # Line ends stand between the words of JSON alone, and a line of the log has one at its end.
    return "body", text.replace("\r", " ").replace("\n", " ")


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")
