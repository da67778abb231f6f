"""Judges the requests of a model of the v2 protocol, as a model of MLServer's that reads the same protocol.

The executor posts it each request of the model as a CloudEvent, whose body is the request itself. MLServer parses it,
says whether the detector is ready, and serves the metrics.

What is usual is a table, reference.csv: rows that the model was trained on, with a column for each of its inputs.
- drift: the rows of a batch, as one sample, differ from the reference in a column: the test of Kolmogorov and Smirnov
  for numbers, the chi-squared test for words, by the correction of Bonferroni for several columns.
- outlier: a row is farther from its neighbours in the reference than those rows are from theirs.

Reads: KIND, BATCH_SIZE, FALSE_ALARMS, FILES, REPLY_URL, EVENT_SOURCE.
"""

import asyncio
import json
import os
import urllib.request
import uuid

import numpy as np
import pandas as pd
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.logging import logger
from mlserver.types import InferenceRequest, InferenceResponse
from prometheus_client import Counter, Gauge
from scipy import stats
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NEIGHBOUR = 5
# More rows of a reference say no more of where its rows lie, and each row is compared with them.
MOST_NEIGHBOURS = 10000

ROWS = Counter("detector_rows_total", "Rows that were judged")


def columns_of(request):
    """The rows of a request as a table. An input is a column, or several side by side."""
    columns = {}
    for given in request.inputs:
        codec = StringCodec if given.datatype == "BYTES" else NumpyCodec
        values = np.asarray(codec.decode_input(given)).reshape(given.shape[0], -1)
        for index in range(values.shape[1]):
            columns[given.name if values.shape[1] == 1 else f"{given.name}[{index}]"] = values[:, index]
    return pd.DataFrame(columns)


def like(reference, rows):
    """These rows with the columns and types of the reference. Names decide, and the order where they say nothing."""
    if set(reference.columns) <= set(rows.columns):
        rows = rows[reference.columns]
    elif len(reference.columns) == len(rows.columns):
        rows = rows.set_axis(reference.columns, axis=1)
    else:
        raise ValueError(f"columns {list(rows.columns)}, but the reference has {list(reference.columns)}")
    numbers = set(reference.select_dtypes("number"))
    # Callers send the 7.4 of the reference as FP32 too, which would be another number.
    types = {name: "float32" if name in numbers else str for name in reference}
    return rows.fillna({name: "" for name in reference if name not in numbers}).astype(types)


class Drift:
    """Looks at the rows of several requests together."""

    def __init__(self, reference, size, false_alarms):
        self.reference, self.size = reference, size
        self.limit = false_alarms / len(reference.columns)
        self.waiting = reference[:0]
        self.drifted = Gauge("seldon_metric_drift_is_drift", "Whether the last batch differs from the reference")
        self.p_values = Gauge("seldon_metric_drift_p_val", "How likely such a batch is without drift", ["index"])

    def judge(self, rows):
        """The verdict over each batch that these rows fill."""
        self.waiting = pd.concat([self.waiting, rows], ignore_index=True)
        while len(self.waiting) >= self.size:
            batch, self.waiting = self.waiting[: self.size], self.waiting[self.size :]
            values = {name: self.p_value(self.reference[name], batch[name]) for name in batch}
            drifted = min(values.values()) < self.limit
            self.drifted.set(drifted)
            for name, value in values.items():
                self.p_values.labels(name).set(value)
            yield {"is_drift": int(drifted), "p_val": values, "threshold": self.limit}, True

    @staticmethod
    def p_value(reference, batch):
        if reference.dtype == "float32":
            reference, batch = reference.dropna(), batch.dropna()
            return float(stats.ks_2samp(reference, batch).pvalue) if len(batch) else 0.0
        counts = pd.concat([reference.value_counts(), batch.value_counts()], axis=1).fillna(0)
        return float(stats.chi2_contingency(counts.to_numpy()).pvalue) if len(counts) > 1 else 1.0


class Outlier:
    """Looks at each row alone."""

    def __init__(self, reference, size, false_alarms):
        self.table = make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
        )
        reference = reference.sample(min(len(reference), MOST_NEIGHBOURS), random_state=0)
        self.neighbours = NearestNeighbors(n_neighbors=NEIGHBOUR).fit(self.table.fit_transform(reference))
        distances, _ = self.neighbours.kneighbors()  # each row's own is not among its neighbours
        self.limit = float(np.quantile(distances[:, -1], 1 - false_alarms))
        self.outliers = Gauge("seldon_metric_outlier_is_outlier", "Outliers among the rows of the last request")
        self.found = Counter("detector_outliers_total", "Rows that were outliers")
        Gauge("detector_false_alarms", "Share of rows like the reference that are outliers").set(false_alarms)

    def judge(self, rows):
        distances, _ = self.neighbours.kneighbors(self.table.transform(rows))
        far = distances[:, -1] > self.limit
        self.outliers.set(far.sum())
        self.found.inc(far.sum())
        scores = distances[:, -1].tolist()
        yield {"is_outlier": far.astype(int).tolist(), "instance_score": scores, "threshold": self.limit}, far.any()


class Detector(MLModel):
    async def load(self):
        env = os.environ
        self.kind, self.reply_url, self.source = env["KIND"], env.get("REPLY_URL"), env["EVENT_SOURCE"]
        path = os.path.join(env["FILES"], "reference.csv")
        reference = pd.read_csv(path)
        if len(reference) <= NEIGHBOUR:
            raise ValueError(f"{path} has {len(reference)} rows, which say nothing of what is usual")
        self.reference = like(reference, reference)
        kind = {"drift": Drift, "outlier": Outlier}[self.kind]
        self.judges = kind(self.reference, int(env.get("BATCH_SIZE", 1)), float(env["FALSE_ALARMS"]) / 100)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        try:
            rows = like(self.reference, columns_of(payload))
        except (ValueError, TypeError) as error:
            raise InferenceError(f"{self.kind} cannot be looked for in a request: {error}") from error
        ROWS.inc(len(rows))
        verdicts = list(self.judges.judge(rows))
        for verdict, told in verdicts:
            logger.info("%s", verdict)
            if told and self.reply_url:
                asyncio.get_running_loop().run_in_executor(None, self.tell, {"id": payload.id, "data": verdict})
        outputs = [StringCodec.encode_output(self.kind, [json.dumps(verdict) for verdict, _ in verdicts])]
        return InferenceResponse(model_name=self.name, id=payload.id, outputs=outputs)

    def tell(self, verdict):
        """Posts a verdict as a CloudEvent. The requests of the model do not wait for it."""
        headers = {
            "Content-Type": "application/json",
            "Ce-Specversion": "1.0",
            "Ce-Id": str(uuid.uuid4()),
            "Ce-Type": f"io.seldon.serving.inference.{self.kind}",
            "Ce-Source": self.source,
        }
        try:
            call = urllib.request.Request(self.reply_url, json.dumps(verdict).encode(), headers)
            urllib.request.urlopen(call, timeout=10).close()
        except OSError as error:
            logger.error("%s was not told of %s: %s", self.reply_url, self.kind, error)
