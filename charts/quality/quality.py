"""Compares what a model has predicted with what turned out, and logs it to MLflow: a run for each version of the model.

Predictions are what the batch of a model writes: in each line an answer of the v2 protocol, whose "id" is that of the
row, and whose tag "version" says which version of the model gave it. What turned out is a table in CSV, or a JSON
object in each line, with a column for the id and one for the value.

Reads: WORK, MODEL, PREDICTIONS, TRUTH, KEY, TARGET, KIND, EXPERIMENT, and the variables that MLflow's client reads.
"""

import json
import os
import pathlib
import sys

import mlflow
import numpy as np
import pandas as pd
from sklearn import metrics

env = os.environ
WORK = pathlib.Path(env["WORK"])
KEY, TARGET, PREDICTIONS, TRUTH = env["KEY"], env["TARGET"], env["PREDICTIONS"], env["TRUTH"]


def files_in(folder):
    """From the oldest to the newest: what is said later of the same row counts."""
    return sorted(
        (path for path in (WORK / folder).rglob("*") if path.is_file()), key=lambda path: path.stat().st_mtime
    )


def lines_of(path):
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    sys.exit(f"{path.relative_to(WORK)}, line {number}: {error}")


def prediction_of(answer):
    """The only number or word of an answer to a request for one row; none of other answers."""
    try:
        (value,) = np.ravel(answer["outputs"][0]["data"]).tolist()
        tags = (answer.get("meta") or {}).get("tags") or {}
        return {"key": str(answer["id"]), "prediction": value, "version": str(tags.get("version", "unknown"))}
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def predictions():
    found = [prediction_of(answer) for path in files_in("predictions") for answer in lines_of(path)]
    rows = [row for row in found if row]
    if not rows:
        sys.exit(f"none of {len(found)} lines in {PREDICTIONS} is an answer with an id and one value")
    if len(rows) < len(found):
        print(f"{len(found) - len(rows)} of {len(found)} lines are left aside: no answer with an id and one value")
    return pd.DataFrame(rows).drop_duplicates(["key", "version"], keep="last")


def truth():
    tables = []
    for path in files_in("truth"):
        table = pd.read_csv(path, dtype={KEY: str}) if path.suffix == ".csv" else pd.DataFrame(lines_of(path))
        missing = {KEY, TARGET} - set(table.columns)
        if missing:
            sys.exit(f"{path.relative_to(WORK)} has no {' and no '.join(sorted(missing))}, but {list(table.columns)}")
        tables.append(table[[KEY, TARGET]].set_axis(["key", "truth"], axis=1))
    if not tables:
        sys.exit(f"there is nothing in {TRUTH}")
    table = pd.concat(tables, ignore_index=True).dropna()
    return table.assign(key=table["key"].astype(str)).drop_duplicates("key", keep="last")


def label(value):
    """The 1 of a table is the 1.0 of a model."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def regression(truth, predicted):
    truth, predicted = truth.astype(float), predicted.astype(float)
    return {
        "rmse": metrics.mean_squared_error(truth, predicted) ** 0.5,
        "mae": metrics.mean_absolute_error(truth, predicted),
        "bias": (predicted - truth).mean(),
        # Of values that are all the same there is none.
        **({"r2": metrics.r2_score(truth, predicted)} if truth.nunique() > 1 else {}),
    }


def classification(truth, predicted):
    truth, predicted = truth.map(label), predicted.map(label)
    figures = {"average": "macro", "zero_division": 0}
    return {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "f1": metrics.f1_score(truth, predicted, **figures),
        "precision": metrics.precision_score(truth, predicted, **figures),
        "recall": metrics.recall_score(truth, predicted, **figures),
        # That of a model which always says the most usual word.
        "accuracy_of_most_frequent": truth.value_counts(normalize=True).iloc[0],
    }


def main():
    predicted = predictions()
    joined = predicted.merge(truth(), on="key")
    if joined.empty:
        sys.exit(f"of {len(predicted)} predictions none has the id of a row in {TRUTH}, column {KEY}")
    measure = {"regression": regression, "classification": classification}[env["KIND"]]
    figures = {}
    for version, rows in joined.groupby("version"):
        of_version = (predicted["version"] == version).sum()
        figures[version] = {
            "rows": len(rows),
            "share_with_truth": len(rows) / of_version,
            **measure(rows["truth"], rows["prediction"]),
        }
    mlflow.set_experiment(env["EXPERIMENT"])
    for version, values in figures.items():
        tags = {"model": env["MODEL"], "version": version}
        with mlflow.start_run(run_name=f"{env['MODEL']} {version}", tags=tags):
            mlflow.log_params({"predictions": PREDICTIONS, "truth": TRUTH, "key": KEY, "target": TARGET})
            mlflow.log_metrics({name: float(value) for name, value in values.items()})
        print(f"version {version}: {json.dumps({name: round(float(value), 4) for name, value in values.items()})}")


main()
