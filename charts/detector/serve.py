"""Starts the server, whose one worker then has one name in the labels of its metrics.

The server makes up a new name for each event that it judges, keeps what it measured under each of them, and tells
Prometheus all of it at each scrape: its memory and the series in Prometheus would grow with every request, and an old
verdict would stand beside the new one for good.

Source: CEServer in components/alibi-detect-server/adserver/server.py and SeldonMetrics in
python/seldon_core/metrics.py, Seldon Core 1.17.1. The image itself runs "python -m adserver".
"""

import runpy

from adserver import server

metrics = server.SeldonMetrics
server.SeldonMetrics = lambda worker_id_func, **settings: metrics(worker_id_func=lambda: "server", **settings)
runpy.run_module("adserver", run_name="__main__", alter_sys=True)
