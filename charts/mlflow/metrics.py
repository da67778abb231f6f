"""Shows Prometheus what MLflow's workers have counted, at a port of its own, as long as MLflow answers.

With users of its own, MLflow shows its metrics to administrators alone.

Reads: METRICS_FOLDER, where the workers write; METRICS_PORT; SERVER_PORT and HEALTH_PATH of MLflow in the same pod.
"""

import os
import threading
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = os.environ["METRICS_FOLDER"]
HEALTH = "http://localhost:{SERVER_PORT}{HEALTH_PATH}".format_map(os.environ)


class Workers:
    def collect(self):
        urlopen(HEALTH, timeout=5).close()  # what it raises is a failed scrape, so that MLflow counts as down
        yield from MultiProcessCollector(CollectorRegistry(), FOLDER).collect()


registry = CollectorRegistry()
registry.register(Workers())
# "::" is for addresses of both kinds, and a kernel without IPv6 has none.
start_http_server(
    int(os.environ["METRICS_PORT"]),
    "::" if os.path.exists("/proc/net/if_inet6") else "0.0.0.0",
    registry,
)
threading.Event().wait()
