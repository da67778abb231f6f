/**
 * The script that creates or upgrades MLflow's tables before a server starts.
 *
 * Every replica runs it, so it holds an advisory lock: `mlflow db upgrade` run twice at once on an empty database
 * fails in one of the two. It waits for the database itself, so that nothing has to be retried from outside.
 */
export function migrateScript(backendStore: string): string {
  return `import subprocess
import sys
import time

import psycopg2

LOCK = 7267362  # any number, the same in every replica
deadline = time.monotonic() + 600
while True:
    try:
        lock = psycopg2.connect("", connect_timeout=5)
        break
    except psycopg2.OperationalError as error:
        if time.monotonic() > deadline:
            sys.exit(f"cannot log in to the database: {error}")
        print(f"waiting for the database: {error}", flush=True)
        time.sleep(3)
lock.autocommit = True
with lock.cursor() as cursor:
    cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # held until this process ends
sys.exit(subprocess.call(["mlflow", "db", "upgrade", "${backendStore}"]))
`;
}
