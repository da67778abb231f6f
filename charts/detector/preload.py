"""Has the server load its detector, and fails while it is not loaded.

The server loads it when the first event comes, so that one that cannot be loaded would look well until then. An event
without a body is refused with 400, after the detector was loaded; where that fails, the answer is 500.

Source: EventHandler.post in components/alibi-detect-server/adserver/server.py, Seldon Core.
"""

import http.client
import sys

server = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
server.request("POST", "/", b"")
status = server.getresponse().status
sys.exit(None if status == 400 else f"the server answers {status}; its log says why the detector does not load")
