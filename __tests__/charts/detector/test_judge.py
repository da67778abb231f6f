"""The detector of the v2 protocol with the real MLServer, scikit-learn and SciPy: what it sees, and what it does not.

Run where MLServer is: python -m unittest __tests__/charts/detector/test_judge.py
"""

import asyncio
import http.server
import json
import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import prometheus_client
from mlserver import ModelSettings
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "charts" / "detector"))
import judge  # noqa: E402


def wine(rows, seed, acid=7.0, red=0.8):
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "acid": chance.normal(acid, 1, rows).round(1),
            "sugar": chance.exponential(2, rows).round(2),
            "colour": chance.choice(["red", "white"], rows, p=[red, 1 - red]),
        }
    )


REFERENCE = wine(2000, seed=0)


def request(rows, datatype="FP32", **fields):
    """A request as callers of an MLflow model send it: an input for each column."""
    inputs = [
        {
            "name": name,
            "shape": [len(rows), 1],
            "datatype": "BYTES" if rows[name].dtype == object else datatype,
            "data": rows[name].tolist(),
        }
        for name in rows
    ]
    return InferenceRequest(inputs=inputs, parameters={"content_type": "pd"}, **fields)


class Detectors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.addCleanup(self.forget)

    def forget(self):
        for metric in list(prometheus_client.REGISTRY._collector_to_names):
            names = prometheus_client.REGISTRY._collector_to_names[metric]
            if metric is not judge.ROWS and any(name.startswith(("seldon_metric", "detector_")) for name in names):
                prometheus_client.REGISTRY.unregister(metric)

    def detector(self, kind, reference=REFERENCE, **settings):
        reference.to_csv(os.path.join(self.folder, "reference.csv"), index=False)
        env = {"KIND": kind, "FILES": self.folder, "FALSE_ALARMS": "1", "EVENT_SOURCE": "models.m", **settings}
        with mock.patch.dict(os.environ, env):
            made = judge.Detector(ModelSettings(name="detector", implementation=judge.Detector))
            asyncio.run(made.load())
        return made

    def verdicts(self, detector, *requests):
        async def ask():
            answers = [await detector.predict(one) for one in requests]
            await asyncio.get_running_loop().shutdown_default_executor()
            return answers

        return [json.loads(text) for answer in asyncio.run(ask()) for text in answer.outputs[0].data]

    def metric(self, name, **labels):
        return prometheus_client.REGISTRY.get_sample_value(name, labels)


class OfDrift(Detectors):
    def judged(self, *requests, size=500, **given):
        return self.verdicts(self.detector("drift", BATCH_SIZE=str(size), **given), *requests)

    def test_rows_like_the_reference_are_no_drift(self):
        batches = [request(wine(500, seed)) for seed in range(1, 21)]
        self.assertEqual([verdict["is_drift"] for verdict in self.judged(*batches)], [0] * 20)
        self.assertEqual(self.metric("seldon_metric_drift_is_drift"), 0)

    def test_numbers_that_have_moved_are_drift_and_the_metrics_say_which(self):
        (verdict,) = self.judged(request(wine(500, 1, acid=7.4)))
        self.assertEqual(verdict["is_drift"], 1)
        self.assertEqual(self.metric("seldon_metric_drift_is_drift"), 1)
        self.assertLess(self.metric("seldon_metric_drift_p_val", index="acid"), verdict["threshold"])
        self.assertGreater(self.metric("seldon_metric_drift_p_val", index="sugar"), verdict["threshold"])

    def test_words_in_other_shares_are_drift(self):
        (verdict,) = self.judged(request(wine(500, 1, red=0.6)))
        self.assertEqual(verdict["is_drift"], 1)
        self.assertLess(verdict["p_val"]["colour"], verdict["threshold"])

    def test_a_word_that_nobody_knew_is_drift(self):
        (verdict,) = self.judged(request(wine(500, 1).assign(colour="orange")))
        self.assertEqual(verdict["p_val"]["colour"], 0)

    def test_drift_that_has_passed_is_none(self):
        verdicts = self.judged(request(wine(500, 1, acid=8)), request(wine(500, 2)))
        self.assertEqual([verdict["is_drift"] for verdict in verdicts], [1, 0])
        self.assertEqual(self.metric("seldon_metric_drift_is_drift"), 0)

    def test_a_batch_is_of_as_many_rows_as_it_is_told_however_many_a_request_has(self):
        rows = wine(1100, 1)
        requests = [request(rows[start : start + 100].reset_index(drop=True)) for start in range(0, 1100, 100)]
        self.assertEqual(len(self.judged(*requests)), 2)
        self.forget()
        self.assertEqual(len(self.judged(request(rows), size=300)), 3)

    def test_numbers_of_few_digits_are_the_same_in_any_datatype(self):
        for datatype in ["FP32", "FP64"]:
            verdict = self.judged(request(wine(500, 1), datatype))[0]
            self.assertEqual(verdict["is_drift"], 0)
            self.forget()
        reference = pd.DataFrame({"acid": np.repeat([7.1, 7.2, 7.3, 7.4], 500)})
        sent = pd.DataFrame({"acid": np.float32(reference["acid"])})
        (verdict,) = self.verdicts(self.detector("drift", reference, BATCH_SIZE="2000"), request(sent))
        self.assertEqual(verdict["p_val"]["acid"], 1)

    def test_a_column_without_values_is_drift(self):
        given = request(wine(500, 1))
        given.inputs[0].data.root[:] = [None] * 500
        (verdict,) = self.judged(given)
        self.assertEqual(verdict["p_val"]["acid"], 0)

    def test_is_wrong_as_often_as_it_is_told(self):
        batches = [request(wine(500, seed)) for seed in range(100, 160)]
        often = sum(verdict["is_drift"] for verdict in self.judged(*batches, FALSE_ALARMS="50"))
        self.assertGreater(often, 10)

    def test_is_wrong_no_more_often_where_there_are_many_columns(self):
        def table(rows, seed):
            return pd.DataFrame(
                np.random.default_rng(seed).normal(size=(rows, 20)), columns=[f"c{n}" for n in range(20)]
            )

        detector = self.detector("drift", table(2000, seed=0), BATCH_SIZE="200", FALSE_ALARMS="20")
        verdicts = self.verdicts(detector, *(request(table(200, seed)) for seed in range(1, 41)))
        self.assertLess(sum(verdict["is_drift"] for verdict in verdicts), 20)


class OfOutliers(Detectors):
    def test_of_rows_like_the_reference_as_many_as_it_is_told(self):
        verdicts = self.verdicts(self.detector("outlier", FALSE_ALARMS="5"), request(wine(2000, 1)))
        self.assertAlmostEqual(np.mean(verdicts[0]["is_outlier"]), 0.05, delta=0.02)

    def test_a_number_far_from_all_others(self):
        rows = pd.DataFrame({"acid": [7.0, 700.0], "sugar": [1.0, 1.0], "colour": ["red", "red"]})
        (verdict,) = self.verdicts(self.detector("outlier"), request(rows))
        self.assertEqual(verdict["is_outlier"], [0, 1])
        self.assertEqual(self.metric("seldon_metric_outlier_is_outlier"), 1)
        self.assertEqual(self.metric("detector_outliers_total"), 1)

    def test_a_word_that_nobody_knew(self):
        rows = pd.DataFrame({"acid": [7.0], "sugar": [1.0], "colour": ["orange"]})
        (verdict,) = self.verdicts(self.detector("outlier"), request(rows))
        self.assertEqual(verdict["is_outlier"], [1])


class OfAnyKind(Detectors):
    def test_counts_the_rows_that_it_has_judged(self):
        before = self.metric("detector_rows_total")
        self.verdicts(self.detector("outlier"), request(wine(7, 1)), request(wine(3, 1)))
        self.assertEqual(self.metric("detector_rows_total"), before + 10)

    def test_columns_are_found_by_name_in_any_order_and_others_left_aside(self):
        rows = wine(500, 1)[["colour", "sugar", "acid"]].assign(more=1.0)
        (verdict,) = self.verdicts(self.detector("drift", BATCH_SIZE="500"), request(rows))
        self.assertEqual((list(verdict["p_val"]), verdict["is_drift"]), (["acid", "sugar", "colour"], 0))

    def test_a_matrix_without_names_is_read_by_the_order_of_its_columns(self):
        reference = REFERENCE[["acid", "sugar"]]
        for acid, drift in [(7, 0), (8, 1)]:
            rows = wine(500, 1, acid=acid)[["acid", "sugar"]].to_numpy()
            matrix = {"name": "predict", "shape": [500, 2], "datatype": "FP64", "data": rows.ravel().tolist()}
            given = InferenceRequest(inputs=[matrix])
            (verdict,) = self.verdicts(self.detector("drift", reference, BATCH_SIZE="500"), given)
            self.assertEqual(verdict["is_drift"], drift)
            self.forget()

    def test_a_request_of_other_columns_is_refused(self):
        with self.assertRaisesRegex(InferenceError, "the reference has"):
            self.verdicts(self.detector("outlier"), request(wine(1, 1)[["acid"]]))

    def test_words_in_place_of_numbers_are_refused(self):
        rows = wine(1, 1).assign(acid="sour")
        with self.assertRaisesRegex(InferenceError, "outlier cannot be looked for"):
            self.verdicts(self.detector("outlier"), request(rows))

    def test_a_reference_of_few_rows_is_refused(self):
        with self.assertRaisesRegex(ValueError, "has 5 rows"):
            self.detector("outlier", REFERENCE[:5])

    def told(self, *requests):
        """What a program that is to be told gets."""
        got = []

        class Told(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                got.append((dict(self.headers), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}/"
        self.verdicts(self.detector("outlier", REPLY_URL=url), *requests)
        return got

    def test_outliers_are_posted_as_an_event_that_names_the_request(self):
        rows = pd.DataFrame({"acid": [700.0], "sugar": [1.0], "colour": ["red"]})
        ((headers, event),) = self.told(request(rows, id="a1"))
        self.assertEqual((event["id"], event["data"]["is_outlier"]), ("a1", [1]))
        self.assertEqual(headers["Ce-Type"], "io.seldon.serving.inference.outlier")
        self.assertEqual(headers["Ce-Source"], "models.m")

    def test_nobody_is_told_of_nothing(self):
        self.assertEqual(self.told(request(REFERENCE[:1])), [])

    def test_who_is_not_there_is_no_error_of_the_request(self):
        rows = pd.DataFrame({"acid": [700.0], "sugar": [1.0], "colour": ["red"]})
        detector = self.detector("outlier", REPLY_URL="http://127.0.0.1:1/")
        with self.assertLogs("mlserver", "ERROR") as log:
            self.assertEqual(len(self.verdicts(detector, request(rows))), 1)
        self.assertIn("was not told of outlier", log.output[0])


if __name__ == "__main__":
    unittest.main()
