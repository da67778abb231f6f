"""The receiver of request logs, and what deletes them, with the real boto3: what is kept, refused, put and deleted.

Run where MLflow is: python -m unittest __tests__/charts/request-log/test_request_log.py
"""

import datetime
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[3] / "charts" / "request-log"
sys.path.insert(0, str(SCRIPTS))

import events  # noqa: E402
import retention  # noqa: E402
import spool  # noqa: E402

NOW = datetime.datetime(2026, 3, 1, 4, 5, 6, tzinfo=datetime.timezone.utc)


def headers(**changes):
    """Those of an event as the executor posts it."""
    return {
        "ce-specversion": "1.0",
        "ce-id": "5b2f",
        "ce-source": "http://localhost:8000/",
        "ce-time": "2026-03-01T04:05:05.9Z",
        "ce-type": "io.seldon.serving.inference.request",
        "ce-inferenceservicename": "taxi",
        "ce-namespace": "lab",
        "ce-endpoint": "default",
        "ce-modelid": "classifier",
        "ce-requestid": "ride-7",
        "content-type": "application/json",
        **{f"ce-{name}": value for name, value in changes.items()},
    }


def event(body=b"{}", **changes):
    folder, line = events.event_of(headers(**changes), body, "lab", NOW)
    return folder, json.loads(line)


class Events(unittest.TestCase):
    def test_an_event_says_who_was_asked_what_and_when(self):
        folder, line = event(b'{"inputs": [1.50]}')
        self.assertEqual(folder, "lab/taxi/2026-03-01/04")
        self.assertEqual(
            line,
            {
                "received": "2026-03-01T04:05:06.000000Z",
                "namespace": "lab",
                "model": "taxi",
                "type": "request",
                "id": "5b2f",
                "time": "2026-03-01T04:05:05.9Z",
                "request": "ride-7",
                "predictor": "default",
                "node": "classifier",
                "contentType": "application/json",
                "body": {"inputs": [1.5]},
            },
        )

    def test_the_body_stays_as_it_was_to_the_last_digit_on_one_line(self):
        _, line = events.event_of(headers(), b'{"x":\r\n 0.1000000000000000055511151231, "y": 1.50}', "lab", NOW)
        self.assertTrue(line.endswith('"body": {"x":   0.1000000000000000055511151231, "y": 1.50}}'), line)
        self.assertNotIn("\n", line)

    def test_a_body_that_is_no_json_is_kept_in_base64(self):
        for body in (b"\x00\xff", b'{"x": NaN}', b'"a\nb"', b"[" * 100000, b""):
            _, line = event(body)
            self.assertNotIn("body", line)
            self.assertIsInstance(line["base64"], str)

    def test_words_of_a_caller_in_a_header_cannot_end_the_line(self):
        _, line = events.event_of(headers(requestid='x", "model": "y\n'), b"{}", "lab", NOW)
        self.assertEqual(json.loads(line)["request"], 'x", "model": "y\n')
        self.assertNotIn("\n", line)

    def test_answers_and_feedback_are_kept_too_and_nothing_else(self):
        types = ("inference.request", "inference.response", "feedback")
        kinds = [event(type=f"io.seldon.serving.{kind}")[1]["type"] for kind in types]
        self.assertEqual(kinds, ["request", "response", "feedback"])
        with self.assertRaisesRegex(events.Refused, "invalid"):
            event(type="io.seldon.serving.other")

    def test_a_name_that_is_none_of_a_model_makes_no_folder(self):
        for name in ("../other", "a/b", "", "Taxi", "-x", "x" * 64):
            with self.assertRaisesRegex(events.Refused, "invalid"):
                event(inferenceservicename=name)

    def test_an_event_of_another_namespace_is_refused(self):
        with self.assertRaises(events.Refused) as refused:
            event(namespace="other")
        self.assertEqual((refused.exception.status, refused.exception.reason), (403, "foreign"))


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Spooled(WithFolder):
    def spool(self, most=10000, segment=1000):
        return spool.Spool(self.folder, most, segment, "pod-x")

    def contents(self, kept):
        found = {}
        for path in kept.sealed():
            for name, content in spool.objects(path):
                found[name] = gzip.decompress(content).decode()
        return found

    def test_there_is_an_object_for_each_folder_of_a_segment(self):
        kept = self.spool()
        for folder, line in (("a/1", "x"), ("b/1", "y"), ("a/1", "z")):
            kept.add(folder, line)
        kept.seal()
        found = self.contents(kept)
        self.assertEqual(sorted(found.values()), ["x\nz\n", "y\n"])
        self.assertEqual(sorted(name.rsplit("/", 1)[0] for name in found), ["a/1", "b/1"])

    def test_a_segment_is_sealed_once_it_is_full_and_says_so(self):
        kept = self.spool(segment=20)
        kept.add("a/1", "x" * 5)
        self.assertEqual((kept.sealed(), kept.full.is_set()), ([], False))
        kept.add("a/1", "x" * 15)
        self.assertEqual((len(kept.sealed()), kept.full.is_set()), (1, True))

    def test_a_segment_that_is_young_stays_open(self):
        kept = self.spool()
        kept.add("a/1", "x")
        kept.seal(age=60)
        self.assertEqual(kept.sealed(), [])

    def test_what_a_run_before_has_left_is_found(self):
        self.spool().add("a/1", "x")
        kept = self.spool()
        self.assertEqual(list(self.contents(kept).values()), ["x\n"])
        self.assertEqual(kept.bytes, len("a/1\tx\n"))

    def test_a_line_that_was_cut_off_is_left_out(self):
        kept = self.spool()
        kept.add("a/1", "x")
        kept.seal()
        with kept.sealed()[0].open("ab") as file:
            file.write(b"a/1\ty")
        self.assertEqual(list(self.contents(kept).values()), ["x\n"])

    def test_the_same_segment_is_the_same_objects(self):
        kept = self.spool()
        kept.add("a/1", "x")
        kept.seal()
        (path,) = kept.sealed()
        first = list(spool.objects(path))
        time.sleep(1.1)
        self.assertEqual(list(spool.objects(path)), first)

    def test_it_takes_no_more_than_there_is_room_for_and_more_once_some_is_gone(self):
        kept = self.spool(most=30, segment=20)
        kept.add("a/1", "x" * 20)
        with self.assertRaises(spool.Full):
            kept.add("a/1", "y" * 10)
        kept.remove(kept.sealed()[0])
        kept.add("a/1", "y" * 10)
        self.assertEqual(sum(path.stat().st_size for path in self.folder.iterdir()), kept.bytes)

    def test_a_disk_that_fails_leaves_no_half_of_a_line(self):
        kept = self.spool()
        kept.add("a/1", "x")
        write, os.write = os.write, lambda file, data: write(file, data[:40]) if len(data) > 40 else fail()
        try:
            with self.assertRaises(OSError):
                kept.add("a/1", "y" * 60)
        finally:
            os.write = write
        kept.add("a/1", "z")
        kept.seal()
        self.assertEqual(list(self.contents(kept).values()), ["x\nz\n"])

    def test_many_writers_lose_nothing(self):
        kept = self.spool(most=10**9, segment=2000)
        writers = [
            threading.Thread(target=lambda who=who: [kept.add("a/1", f"{who}-{n}") for n in range(50)])
            for who in range(8)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        kept.seal()
        lines = "".join(self.contents(kept).values()).split()
        self.assertEqual(sorted(lines), sorted(f"{who}-{n}" for who in range(8) for n in range(50)))


def fail():
    raise OSError(28, "no space left on device")


class Store(ThreadingHTTPServer):
    """A bucket that takes objects, unless it is told not to."""

    def __init__(self):
        self.objects, self.works = {}, True
        super().__init__(("127.0.0.1", 0), Puts)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Puts(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.works:
            self.server.objects[self.path.split("?")[0]] = body
        self.send_response(200 if self.server.works else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running(WithFolder):
    """The program itself, as its container starts it."""

    def setUp(self):
        super().setUp()
        self.store = Store()
        self.addCleanup(self.store.server_close)
        self.addCleanup(self.store.shutdown)
        self.port, self.metrics_port = free_port(), free_port()

    def start(self, **env):
        process = subprocess.Popen(
            [sys.executable, str(SCRIPTS / "receiver.py")],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PYTHONDONTWRITEBYTECODE": "1",
                "NAMESPACE": "lab",
                "SPOOL_FOLDER": str(self.folder),
                "SPOOL_BYTES": "100000",
                "FLUSH_SECONDS": "600",
                "FLUSH_BYTES": "50000",
                "BUCKET": "lake",
                "PORT": str(self.port),
                "METRICS_PORT": str(self.metrics_port),
                "POD": "pod-x",
                "ADDRESSING_STYLE": "path",
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{self.store.server_port}",
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "y",
                "AWS_DEFAULT_REGION": "us-east-1",
                **env,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.until(lambda: self.metrics() is not None)
        return process

    def until(self, holds):
        end = time.monotonic() + 120
        while not holds():
            self.assertLess(time.monotonic(), end, "it does not happen")
            time.sleep(0.05)

    def get(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def metrics(self):
        try:
            return self.get(self.metrics_port, "/metrics")
        except OSError:
            return None

    def dropped(self):
        lines = [line for line in self.metrics().split("\n") if line.startswith("request_log_dropped_events_total{")]
        counts = {line.split('"')[1]: float(line.split(" ")[1]) for line in lines}
        return {reason: count for reason, count in counts.items() if count}

    def post(self, body=b'{"x": 1}', **changes):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/", body, headers(**changes))
            return connection.getresponse().status
        finally:
            connection.close()

    def lines(self):
        return [
            json.loads(line)
            for content in list(self.store.objects.values())
            for line in gzip.decompress(content).decode().splitlines()
        ]

    def test_what_was_taken_is_in_the_bucket_after_a_while(self):
        self.start(FLUSH_SECONDS="0.2")
        self.assertEqual([self.post(), self.post(type="io.seldon.serving.inference.response")], [204, 204])
        self.until(lambda: len(self.lines()) == 2)
        (name, *_) = self.store.objects
        hour = datetime.datetime.now(datetime.timezone.utc)
        self.assertRegex(name, rf"^/lake/lab/taxi/{hour:%Y-%m-}\d\d/\d\d/pod-x-\d+\.jsonl\.gz$")
        self.until(lambda: not list(self.folder.glob("*.segment")))

    def test_what_was_collected_is_put_at_once_when_there_is_enough(self):
        self.start(FLUSH_BYTES="2000")
        self.post(b'"%s"' % (b"x" * 1900))
        self.until(lambda: len(self.lines()) == 1)

    def test_a_pod_that_ends_puts_what_it_has(self):
        process = self.start()
        self.post()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(120), 0)
        self.assertEqual(len(self.lines()), 1)

    def test_a_program_that_is_killed_loses_nothing_that_it_took(self):
        process = self.start()
        statuses = [self.post(requestid=f"ride-{n}") for n in range(20)]
        process.kill()
        process.wait()
        self.assertEqual((statuses, self.lines()), ([204] * 20, []))
        self.start(FLUSH_SECONDS="0.2")
        self.until(lambda: {line["request"] for line in self.lines()} == {f"ride-{n}" for n in range(20)})

    def test_a_store_that_is_away_loses_nothing_and_gets_it_when_it_is_back(self):
        self.store.works = False
        process = self.start(FLUSH_SECONDS="0.2")
        self.assertEqual(self.post(), 204)
        self.until(lambda: "request_log_failed_puts_total 0.0" not in self.metrics())
        self.store.works = True
        self.until(lambda: len(self.lines()) == 1)
        process.send_signal(signal.SIGTERM)
        self.assertIn("cannot put events into the bucket", process.communicate(timeout=120)[0])

    def test_what_there_is_no_room_for_is_refused_and_counted(self):
        self.store.works = False
        self.start(SPOOL_BYTES="1000")
        statuses = [self.post(b'"%s"' % (b"x" * 300)) for _ in range(3)]
        self.assertEqual((statuses[0], statuses[-1], self.dropped()), (204, 507, {"full": statuses.count(507)}))

    def test_what_is_no_event_is_refused_and_counted_without_its_words(self):
        process = self.start(FLUSH_BYTES="2000")
        statuses = [
            self.post(b"x" * 2001),
            self.post(namespace="secret-word"),
            self.post(inferenceservicename="Secret-Word"),
            self.post(type="secret-word"),
        ]
        self.assertEqual(statuses, [413, 403, 400, 400])
        self.assertEqual(self.dropped(), {"large": 1, "foreign": 1, "invalid": 2})
        self.post(b'{"x": "secret-word"}', requestid="secret-word")
        self.get(self.port, "/secret-word")
        process.send_signal(signal.SIGTERM)
        said = self.metrics()
        self.assertNotIn("secret-word", (said + process.communicate(timeout=120)[0]).lower())

    def test_events_that_come_at_once_wait_for_memory_and_none_is_lost(self):
        self.start(SPOOL_BYTES="100000000", FLUSH_BYTES="1000000")
        body = b'"%s"' % (b"x" * 990000)
        statuses = []
        callers = [threading.Thread(target=lambda: statuses.append(self.post(body))) for _ in range(12)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        self.assertEqual(statuses, [204] * 12)
        self.until(lambda: len(self.lines()) >= 11)

    def test_an_event_that_breaks_off_is_counted(self):
        self.start()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
            connection.shutdown(socket.SHUT_WR)
            self.assertIn(b" 400 ", connection.recv(1000))
        self.assertEqual(self.dropped(), {"incomplete": 1})


class Bucket:
    """What retention asks of a client of boto3."""

    def __init__(self, *pages):
        self.pages, self.deleted = pages, []

    def get_paginator(self, _):
        return self

    def paginate(self, Bucket):
        return [{"Contents": [{"Key": name} for name in page]} if page else {} for page in self.pages]

    def delete_object(self, Bucket, Key):
        self.deleted.append(Key)


class Retention(unittest.TestCase):
    def deleted(self, *names, days=2, now=NOW):
        bucket = Bucket(names, [])
        count, others = retention.run(bucket, "lake", days, now)
        self.assertEqual(count, len(bucket.deleted))
        return sorted(bucket.deleted), others

    def test_an_hour_is_deleted_once_its_end_is_as_old_as_that(self):
        # It is 04:05 on March 1st: the hour from 03:00 to 04:00 of February 27th is two days old.
        old, young = "lab/taxi/2026-02-27/03/a.jsonl.gz", "lab/taxi/2026-02-27/04/a.jsonl.gz"
        self.assertEqual(self.deleted(old, young), ([old], 0))

    def test_age_is_counted_over_the_ends_of_months_and_years(self):
        now = datetime.datetime(2026, 1, 1, 0, 30, tzinfo=datetime.timezone.utc)
        old, young = "lab/taxi/2025-12-30/22/a.jsonl.gz", "lab/taxi/2025-12-31/00/a.jsonl.gz"
        self.assertEqual(self.deleted(old, young, days=1, now=now), ([old], 0))

    def test_objects_that_are_no_log_stay(self):
        names = ("2026-02-01/01/a.jsonl.gz", "lab/taxi/2020-01-01/01/a.parquet", "lab/taxi/notes/x/a.jsonl.gz")
        self.assertEqual(self.deleted(*names), ([], 3))

    def test_no_days_at_all_delete_nothing(self):
        for days in ("0", "-1"):
            with self.assertRaisesRegex(SystemExit, "would delete all"):
                retention.main({"DAYS": days})


if __name__ == "__main__":
    unittest.main()
