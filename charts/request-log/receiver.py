"""Takes the requests and answers of models that the executor posts, and puts them into the bucket.

An event is acknowledged (204) once it is on the disk of the pod, and leaves it once it is in the bucket. One that is
not taken is counted, by a reason out of a fixed list: nobody sends it again. Nothing of a request is written to the log
or into the labels of a metric.

Reads: NAMESPACE, of the models; SPOOL_FOLDER and SPOOL_BYTES, what its files may have together; FLUSH_SECONDS and
FLUSH_BYTES, when what was collected is put, which is also the most that an event may have; BUCKET; PORT and
METRICS_PORT; POD, a name that no other pod has; ADDRESSING_STYLE, "path" or "virtual"; and the variables of boto3,
which say where the bucket is and who asks.
"""

import contextlib
import datetime
import os
import signal
import socket
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from events import Refused, event_of
from prometheus_client import Counter, Gauge, start_http_server
from spool import Full, Spool, objects

CONNECTIONS = 64  # callers at a time
IN_MEMORY = 3  # times FLUSH_BYTES: events in memory at a time
WAIT = 20  # seconds for a caller before it is refused; the executor waits for 60
LAST_PUT = 40  # seconds for what is left when the pod ends
LONGEST_PAUSE = 60  # seconds between tries while the store does not answer

TAKEN = Counter("request_log_events_total", "Events that were taken")
REASONS = ("busy", "disk", "foreign", "full", "incomplete", "invalid", "large")
DROPPED = Counter("request_log_dropped_events_total", "Events that were not taken", ["reason"])
DROPS = {reason: DROPPED.labels(reason) for reason in REASONS}
FAILED = Counter("request_log_failed_puts_total", "Tries to put objects into the bucket that failed")
PUT = Counter("request_log_objects_total", "Objects that were put into the bucket")
WAITING = Gauge("request_log_waiting_bytes", "What is on the disk, and not in the bucket yet")
OLDEST = Gauge("request_log_oldest_seconds", "Age of the oldest event that is not in the bucket yet")


class Handler(BaseHTTPRequestHandler):
    # A connection for each event: none stays open that nobody uses. The executor asks for no other.
    protocol_version = "HTTP/1.0"
    timeout = 10

    def do_POST(self):
        try:
            self.server.take(self.headers, self.rfile)
            status = 204
            TAKEN.inc()
        except Refused as refused:
            status = refused.status
            DROPS[refused.reason].inc()
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        """Its messages have the words of requests in them."""


class Room:
    """Memory for events: who finds none waits for a while."""

    def __init__(self, most):
        self.most, self.used = most, 0
        self.changed = threading.Condition()

    @contextlib.contextmanager
    def of(self, size):
        with self.changed:
            if not self.changed.wait_for(lambda: self.used + size <= self.most, WAIT):
                raise Refused(503, "busy")
            self.used += size
        try:
            yield
        finally:
            with self.changed:
                self.used -= size
                self.changed.notify_all()


class Receiver(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False

    def __init__(self, port, namespace, spool):
        # "::" is for addresses of both kinds, and a kernel without IPv6 has none.
        both = os.path.exists("/proc/net/if_inet6")
        self.address_family = socket.AF_INET6 if both else socket.AF_INET
        self.namespace, self.spool = namespace, spool
        self.slots = threading.Semaphore(CONNECTIONS)
        self.room = Room(IN_MEMORY * spool.segment_bytes)
        self.parsing = threading.Lock()
        super().__init__(("::" if both else "0.0.0.0", port), Handler)

    def process_request(self, request, client_address):
        if self.slots.acquire(timeout=WAIT):
            return super().process_request(request, client_address)
        DROPS["busy"].inc()
        try:
            request.sendall(b"HTTP/1.0 503 Service Unavailable\r\n\r\n")
        finally:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.slots.release()

    def handle_error(self, request, client_address):
        """A caller who went away; what it wanted to say was counted."""

    def take(self, headers, file):
        length = headers.get("content-length", "")
        if not length.isdigit():
            raise Refused(411, "invalid")
        if int(length) > self.spool.segment_bytes:
            raise Refused(413, "large")
        with self.room.of(int(length)):
            self.keep(headers, file, int(length))

    def keep(self, headers, file, length):
        try:
            body = file.read(length)
        except OSError:
            body = b""
        if len(body) < length:
            raise Refused(400, "incomplete")
        # JSON takes ten times its size while it is read: one at a time.
        with self.parsing:
            folder, event = event_of(headers, body, self.namespace, datetime.datetime.now(datetime.timezone.utc))
        try:
            self.spool.add(folder, event)
        except Full:
            raise Refused(507, "full") from None
        except OSError:
            raise Refused(507, "disk") from None


class Delivery:
    """Puts sealed segments into the bucket, again and again until it has them."""

    def __init__(self, spool, put, flush_seconds):
        self.spool, self.put, self.flush_seconds = spool, put, flush_seconds
        self.pause, self.told = 0, False
        # The last round may begin while another is under way.
        self.one = threading.Lock()

    def round(self):
        """Puts what is sealed. @returns whether all of it is in the bucket"""
        with self.one:
            return self.put_sealed()

    def put_sealed(self):
        for path in self.spool.sealed():
            try:
                for name, content in objects(path):
                    self.put(name, content)
                    PUT.inc()
            # Of whatever kind: a bucket that is gone, a key that is wrong, a network that is down.
            except Exception as error:
                FAILED.inc()
                if not self.told:
                    print(f"cannot put events into the bucket, and goes on trying: {error}", flush=True)
                self.told = True
                return False
            self.spool.remove(path)
        if self.told:
            print("puts events into the bucket again", flush=True)
        self.told = False
        return True

    def run(self):
        try:
            while True:
                self.spool.full.wait(min(1, self.flush_seconds))
                self.spool.full.clear()
                self.spool.seal(self.flush_seconds)
                if self.round():
                    self.pause = 0
                else:
                    self.pause = min(LONGEST_PAUSE, self.pause * 2 + 1)
                    time.sleep(self.pause)
        except BaseException:
            # A receiver that puts nothing must not go on as if it did; its successor finds the disk as it is.
            traceback.print_exc()
            os._exit(1)

    def end(self):
        """Puts what is left, as long as there is time. @returns whether all of it is in the bucket"""
        self.spool.seal()
        until = time.monotonic() + LAST_PUT
        while not self.round():
            if time.monotonic() >= until:
                return False
            time.sleep(1)
        return True


def bucket_of(env):
    """A function that puts an object."""
    import boto3
    from botocore.config import Config

    style = {"addressing_style": env["ADDRESSING_STYLE"]}
    timing = {"connect_timeout": 5, "read_timeout": 30, "retries": {"total_max_attempts": 1}}
    s3 = boto3.client("s3", config=Config(s3=style, **timing))
    return lambda name, content: s3.put_object(
        Bucket=env["BUCKET"], Key=name, Body=content, ContentType="application/gzip"
    )


def main(env):
    spool = Spool(env["SPOOL_FOLDER"], int(env["SPOOL_BYTES"]), int(env["FLUSH_BYTES"]), env["POD"])
    WAITING.set_function(lambda: spool.bytes)
    OLDEST.set_function(spool.oldest)
    receiver = Receiver(int(env["PORT"]), env["NAMESPACE"], spool)
    delivery = Delivery(spool, bucket_of(env), float(env["FLUSH_SECONDS"]))
    # Blocked in every thread, and waited for in this one: a handler of Python runs once the main thread wakes, and a
    # signal that reaches another thread does not wake it. The first process of a container needs one all the same.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    threading.Thread(target=delivery.run, daemon=True).start()
    start_http_server(int(env["METRICS_PORT"]), "::" if receiver.address_family == socket.AF_INET6 else "0.0.0.0")
    print(f"takes events of models in {env['NAMESPACE']}; {spool.bytes} bytes were left by a run before", flush=True)
    signal.sigwait({signal.SIGTERM})
    receiver.shutdown()
    receiver.server_close()
    if not delivery.end():
        sys.exit(f"{spool.bytes} bytes of events are not in the bucket, and are lost with the pod")


if __name__ == "__main__":
    main(os.environ)
