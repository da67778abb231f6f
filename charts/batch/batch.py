"""Sends the rows of each object in $WORK/in through a model.

Answers go to $WORK/out, rows without an answer to $WORK/out/failed.

seldon-batch-processor 1.17.1 sends the rows, but it has gaps. It speaks one protocol, does not keep what the model
says of a row that failed, waits for an answer without limit, tries again at once, and hangs or loses rows when one row
of a batch is bad. So it does not ask the model itself. It asks this program, which hands it each row as a message that
it can take, asks the model, and puts the answers back into the order of the rows.

Reads: WORK, MODEL_URL, MODEL_PROTOCOL, ROW_TYPE, PAYLOAD_TYPE, ROWS_PER_REQUEST, REQUEST_TIMEOUT, RETRY_DELAY,
MAX_FAILED_PERCENT, MODEL_VERSION, and the SELDON_BATCH_ variables that seldon-batch-processor reads itself.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

env = os.environ
URL, PROTOCOL, ROW_TYPE = env["MODEL_URL"], env["MODEL_PROTOCOL"], env["ROW_TYPE"]
WORK = pathlib.Path(env["WORK"])
ROWS, RAW, ANSWERS = WORK / "rows", WORK / "raw", WORK / "answers"
errors = {}  # what the model said, by row


def request(row):
    """A row as a message of the seldon protocol, the only one that seldon-batch-processor knows."""
    if PROTOCOL != "seldon":
        return {"jsonData": dict(row)}
    if ROW_TYPE == "raw":
        row.get("data", {}).setdefault("names", [])  # a batch needs it
        return row
    if ROW_TYPE != "data":
        return {{"str": "strData", "json": "jsonData"}[ROW_TYPE]: row}
    if not isinstance(row[0], list):
        row = [row]  # a row of columns; a model takes a list of those
    tensor = {"shape": [len(row), len(row[0])], "values": sum(row, [])}
    return {"data": {"names": [], **({"tensor": tensor} if env["PAYLOAD_TYPE"] == "tensor" else {"ndarray": row})}}


def size(data):
    return data["tensor"]["shape"][0] if "tensor" in data else len(data["ndarray"])


def ask(message, tags):
    """The model's answer, with tags that say which row it is for."""
    body = message if PROTOCOL == "seldon" else message["jsonData"]
    if PROTOCOL == "v2":
        body.setdefault("id", str(tags["batch_index"]))  # the server would make up another one in each run
    call = urllib.request.Request(URL, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(call, timeout=int(env["REQUEST_TIMEOUT"])) as response:
        answer = json.load(response)
    meta = answer["meta"] = answer.get("meta") or {}
    meta["tags"] = {**(meta.get("tags") or {}), **tags}
    # seldon-batch-processor would hang on a batch that it cannot take apart.
    if (
        "data" in message
        and "batch_index" not in tags
        and (
            message["data"].keys() & answer["data"].keys() & {"ndarray", "tensor"} == set()
            or size(message["data"]) != size(answer["data"])
        )
    ):
        raise ValueError("an answer of another shape than the batch")
    return answer


class Bridge(BaseHTTPRequestHandler):
    """What seldon-batch-processor takes for the model: it translates, limits the time and keeps the errors."""

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tags = message.get("meta", {}).get("tags", {})
        try:
            status, answer = 200, ask(message, tags)
        except Exception as error:
            said = error.read(2000).decode(errors="replace") if isinstance(error, urllib.error.HTTPError) else ""
            errors[tags.get("batch_index")] = " ".join([str(error), said]).strip()
            if not 400 <= getattr(error, "code", 500) < 429:
                time.sleep(int(env["RETRY_DELAY"]))
            status, answer = 502, {}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


def send(source, name, rows, batch, port):
    """Sends these rows. Adds answers to ANSWERS; returns where each is, and why others have none."""
    with source.open("rb") as lines, ROWS.open("w") as out:
        out.writelines(json.dumps(request(json.loads(line))) + "\n" for n, line in enumerate(lines) if n in rows)
    errors.clear()
    subprocess.run(
        ["seldon-batch-processor", "--data-type=raw", f"--host=127.0.0.1:{port}", f"--batch-size={batch}"]
        + [f"--batch-id={name}", f"--input-data-path={ROWS}", f"--output-data-path={RAW}"],
        check=True,
    )
    order, places, reasons = sorted(rows), {}, {}
    with RAW.open() as raw, ANSWERS.open("ab") as good:
        for answer in map(json.loads, raw):
            tags = answer["meta"].get("tags", answer["meta"])
            if "batch_index" not in tags:
                continue  # the fault of a whole batch, not of one row
            index, status = tags["batch_index"], answer.get("status") or {}
            if status.get("status") in (1, "FAILURE"):
                reasons[order[index]] = errors.get(index) or status.get("reason") or errors.get(None)
                continue
            tags.pop("batch_instance_id", None)  # differs in each run
            tags["batch_index"] = order[index]
            tags["version"] = env["MODEL_VERSION"]
            places[order[index]] = good.tell()
            good.write(json.dumps(answer).encode() + b"\n")
    return places, reasons


def predict(source, name, port):
    ANSWERS.write_bytes(b"")
    rows, places, reasons, failed = set(), {}, {}, 0
    with source.open("rb") as lines:
        for number, line in enumerate(lines):
            try:
                if line.strip() and request(json.loads(line)):
                    rows.add(number)
            except Exception as error:
                reasons[number] = f"not a row: {error!r}"
    for batch in dict.fromkeys([int(env["ROWS_PER_REQUEST"]), 1]):  # a row that fails takes its batch with it
        left = rows - places.keys()
        found, why = send(source, name, left, batch, port) if left else ({}, {})
        places.update(found)
        reasons.update(why)
    target, dead = WORK / "out" / name, WORK / "out" / "failed" / name
    for path in (target, dead):
        path.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as lines, ANSWERS.open("rb") as good, target.open("wb") as out, dead.open("w") as lost:
        for number, line in enumerate(lines):
            if number in places:
                good.seek(places[number])
                out.write(good.readline())
            elif line.strip():
                failed += 1
                text, error = line.decode(errors="replace").rstrip("\r\n"), reasons.get(number) or "no answer"
                lost.write(json.dumps({"row": number, "error": error, "input": text}) + "\n")
    total = len(places) + failed
    print(f"{name}: {failed} of {total} rows failed", flush=True)
    if failed * 100 > int(env["MAX_FAILED_PERCENT"]) * total:
        sys.exit(f"too many, nothing is written; the first of them:\n{dead.open().read(4000)}")


def wait(place):
    for _ in range(120):
        try:
            return socket.create_connection((place.hostname, place.port), timeout=5).close()
        except OSError as error:
            print(f"waiting for {place.netloc}: {error}", flush=True)
            time.sleep(5)
    sys.exit(f"no model at {place.netloc}")


wait(urllib.parse.urlsplit(URL))
ThreadingHTTPServer.request_queue_size = 128
server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
threading.Thread(target=server.serve_forever, daemon=True).start()
for source in sorted(path for path in (WORK / "in").rglob("*") if path.is_file()):
    name = source.relative_to(WORK / "in").as_posix()
    if name.startswith("failed/"):
        sys.exit(f"{name}: its answers would lie among the failed rows")
    predict(source, name, server.server_port)
