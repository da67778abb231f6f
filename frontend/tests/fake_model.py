"""A real HTTP server that answers every prediction alike, or not at all."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

V2_ANSWER = {"outputs": [{"name": "output-1", "shape": [1, 1], "datatype": "FP64", "data": [5.06]}]}


@contextmanager
def server(status=200, body=b"{}", headers=(), wait=None):
    """Listens on a free port; yields its URL and what it was sent."""
    received = []
    body = body if isinstance(body, bytes) else json.dumps(body).encode()

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
