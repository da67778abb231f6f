"""Creates or upgrades MLflow's tables before a server starts.

Every replica runs this, and two runs of "mlflow db upgrade" at once on an empty database make one of them fail. So each
run holds an advisory lock of the database. It waits for the database itself: nothing outside has to start it again. A
database that cannot keep every text is refused before it has any.

Reads MLFLOW_BACKEND_STORE_URI, and libpq's own PG* variables.
"""

import os
import subprocess
import sys
import time

import psycopg2

LOCK = 7267362  # any number, the same in every replica
TIMEOUT = 600  # seconds

deadline = time.monotonic() + TIMEOUT
while True:
    try:
        lock = psycopg2.connect("", connect_timeout=5)
        break
    except psycopg2.OperationalError as error:
        if time.monotonic() > deadline:
            sys.exit(f"cannot log in to the database: {error}")
        print(f"waiting for the database: {error}", flush=True)
        time.sleep(3)
encoding = lock.info.parameter_status("server_encoding")
if encoding != "UTF8":
    # Another one fails later, at the first name or tag that it has no letters for.
    sys.exit(f"the database keeps text as {encoding}; make it anew with: ENCODING 'UTF8' TEMPLATE template0")
lock.autocommit = True
with lock.cursor() as cursor:
    cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # held until this process ends
sys.exit(subprocess.call(["mlflow", "db", "upgrade", os.environ["MLFLOW_BACKEND_STORE_URI"]]))
