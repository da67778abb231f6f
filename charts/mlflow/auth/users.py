"""Makes the users of MLflow that the platform itself needs, before a server starts.

The Secret decides: a user gets the password that is in it now, whatever somebody has set in MLflow. So a password is
changed by a new Secret and a restart. Every replica runs this, one at a time; nobody else's user is touched.

Reads: USERS_FOLDER, with a file for each user, its name that of the user and its text the password; ADMIN, the name of
the administrator; MANAGERS, names of users who may delete in every experiment, apart by spaces; FOLDERS, users with an
experiment of their own, each with the folder of its files, such as "team-a=workspaces/a"; MLFLOW_AUTH_CONFIG_PATH, and
libpq's own PG* variables.
"""

import os
from pathlib import Path

import psycopg2
from mlflow.server.auth import auth_config, store
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

ROOT = "mlflow-artifacts:/"  # of the server that hands artifacts through
LOCK = 7267363  # any number but that of the migrations, the same in every replica

lock = psycopg2.connect("", connect_timeout=5)
lock.autocommit = True
with lock.cursor() as cursor:
    cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # held until this process ends
store.init_db(auth_config.database_uri)  # makes or upgrades the tables
admin = os.environ["ADMIN"]
managers = os.environ["MANAGERS"].split()
for file in sorted(Path(os.environ["USERS_FOLDER"]).iterdir()):
    if file.name.startswith("."):
        continue  # where Kubernetes keeps the files of a Secret
    name, given = file.name, file.read_text()
    if not store.has_user(name):
        store.create_user(name, given)
    elif not store.authenticate_user(name, given):
        store.update_user(name, given)
    store.update_user(name, is_admin=name == admin)
    if name in managers:
        store.grant_user_permission(name, "experiment", "*", "MANAGE")
    print(f"user {name} has the password of the Secret", flush=True)


def experiment_in(name: str, folder: str):
    """The experiment of that name whose files are in the folder, made if it is not there; none if it is somebody's."""
    experiments = SqlAlchemyStore(auth_config.database_uri, ROOT + folder)
    found = experiments.get_experiment_by_name(name)
    number = found.experiment_id if found else experiments.create_experiment(name)
    place = experiments.get_experiment(number).artifact_location
    if place == f"{ROOT}{folder}/{number}":
        return number
    print(f"experiment {name} has its files in {place}, not in {folder}: it is left to who made it", flush=True)
    return None


folders = [pair.split("=") for pair in os.environ.get("FOLDERS", "").split()]
if folders:
    SqlAlchemyStore(auth_config.database_uri, ROOT)  # makes the first experiment of all, whose files are in no folder
for name, folder in folders:
    number = experiment_in(name, folder)
    if number:
        store.grant_user_permission(name, "experiment", number, "MANAGE")
        print(f"user {name} has the experiment {number}", flush=True)
