"""The report of quality with the real MLflow and scikit-learn: what is joined, what is logged, and what is refused.

Run where MLflow is: python -m unittest __tests__/charts/quality/test_quality.py
"""

import contextlib
import io
import json
import os
import runpy
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from mlflow import MlflowClient  # noqa: E402

SCRIPT = Path(__file__).resolve().parents[3] / "charts" / "quality" / "quality.py"


def answer(key, value, version="3", **fields):
    """A line of the batch: an answer of MLServer, and what the batch says of it."""
    output = {"name": "predict", "shape": [1, 1], "datatype": "FP64", "data": [value]}
    return {"id": key, "outputs": [output], "meta": {"tags": {"batch_index": 0, "version": version}}, **fields}


def lines(*values):
    return "".join(json.dumps(value) + "\n" for value in values)


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Tables of MLflow that nothing is in, which take long to make."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.empty = Path(folder.name) / "mlflow.db"
        MlflowClient(f"sqlite:///{cls.empty}").search_experiments()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        shutil.copyfile(self.empty, self.folder / "mlflow.db")

    def report(self, files, kind="regression", status=0, **settings):
        """Runs the program over these files, each newer than the one before; returns what it says."""
        for age, (name, text) in enumerate(files.items()):
            path = self.folder / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            os.utime(path, (1000 + age, 1000 + age))
        env = {
            "WORK": str(self.folder / "work"),
            "MODEL": "taxi",
            "PREDICTIONS": "s3://lake/out",
            "TRUTH": "s3://lake/truth",
            "KEY": "ride",
            "TARGET": "price",
            "KIND": kind,
            "EXPERIMENT": "taxi figures",
            "MLFLOW_TRACKING_URI": self.tracking,
            **settings,
        }
        said, ended = io.StringIO(), 0
        with mock.patch.dict(os.environ, env), contextlib.redirect_stdout(said):
            try:
                # In this process, which has MLflow already; starting it takes seconds.
                runpy.run_path(str(SCRIPT), run_name="__main__")
            except SystemExit as end:
                said.write(str(end))
                ended = 1
        self.assertEqual(ended, status, said.getvalue())
        return said.getvalue()

    @property
    def tracking(self):
        return f"sqlite:///{self.folder}/mlflow.db"

    def runs(self):
        """What MLflow has then, by version."""
        client = MlflowClient(self.tracking)
        experiment = client.get_experiment_by_name("taxi figures")
        found = client.search_runs([experiment.experiment_id]) if experiment else []
        return {run.data.tags["version"]: run.data for run in found}


class OfNumbers(Reports):
    TRUTH = "ride,price,city\n7,10.0,x\n8,20.0,x\n9,30.0,y\n"

    def test_are_compared_by_their_ids_and_logged_as_a_run(self):
        self.report(
            {"predictions/a": lines(answer("9", 32.0), answer("7", 11.0), answer("8", 18.0)), "truth/t.csv": self.TRUTH}
        )
        (run,) = self.runs().values()
        self.assertEqual(run.tags["model"], "taxi")
        self.assertEqual(run.params["truth"], "s3://lake/truth")
        figures = {name: round(value, 6) for name, value in run.metrics.items()}
        wanted = {"rows": 3, "share_with_truth": 1, "rmse": 3**0.5, "mae": 5 / 3, "bias": 1 / 3, "r2": 1 - 9 / 200}
        self.assertEqual(figures, {name: round(value, 6) for name, value in wanted.items()})

    def test_each_version_has_a_run_of_its_own(self):
        old, new = ([answer(key, value, version) for key in "789"] for value, version in [(10.0, "3"), (21.0, "4")])
        self.report({"predictions/a": lines(*old), "predictions/deep/b": lines(*new), "truth/t.csv": self.TRUTH})
        runs = self.runs()
        self.assertEqual(set(runs), {"3", "4"})
        self.assertGreater(runs["3"].metrics["mae"], runs["4"].metrics["mae"])

    def test_answers_that_name_no_version_are_of_an_unknown_one(self):
        self.report({"predictions/a": lines(answer("7", 1.0, meta=None)), "truth/t.csv": self.TRUTH})
        self.assertEqual(set(self.runs()), {"unknown"})

    def test_predictions_without_truth_wait_for_it(self):
        self.report({"predictions/a": lines(answer("7", 10.0), answer("x", 1.0)), "truth/t.csv": self.TRUTH})
        (run,) = self.runs().values()
        self.assertEqual((run.metrics["rows"], run.metrics["share_with_truth"]), (1, 0.5))
        self.assertNotIn("r2", run.metrics)

    def test_what_was_said_later_counts(self):
        self.report(
            {
                "predictions/z": lines(answer("7", 1.0)),
                "predictions/a": lines(answer("7", 12.0)),
                "truth/z.csv": "ride,price\n7,99\n",
                "truth/a.csv": "ride,price\n7,10\n",
            }
        )
        self.assertEqual(self.runs()["3"].metrics["mae"], 2)

    def test_truth_may_be_lines_of_json_whose_ids_are_numbers(self):
        self.report({"predictions/a": lines(answer("7", 11.0)), "truth/t.jsonl": lines({"ride": 7, "price": 10})})
        self.assertEqual(self.runs()["3"].metrics["mae"], 1)

    def test_ids_of_a_table_keep_their_zeros(self):
        self.report({"predictions/a": lines(answer("007", 11.0)), "truth/t.csv": "ride,price\n007,10\n7,20\n"})
        self.assertEqual(self.runs()["3"].metrics["mae"], 1)

    def test_a_second_report_is_a_second_run(self):
        files = {"predictions/a": lines(answer("7", 11.0)), "truth/t.csv": self.TRUTH}
        self.report(files)
        self.report(files)
        client = MlflowClient(self.tracking)
        experiment = client.get_experiment_by_name("taxi figures").experiment_id
        self.assertEqual(len(client.search_runs([experiment])), 2)


class OfWords(Reports):
    def test_are_compared_as_words(self):
        said = [answer(key, value) for key, value in zip("1234", ["a", "a", "b", "a"])]
        truth = "ride,price\n1,a\n2,a\n3,b\n4,b\n"
        self.report({"predictions/a": lines(*said), "truth/t.csv": truth}, kind="classification")
        figures = self.runs()["3"].metrics
        self.assertEqual((figures["accuracy"], figures["accuracy_of_most_frequent"]), (0.75, 0.5))
        self.assertAlmostEqual(figures["f1"], (0.8 + 2 / 3) / 2)
        self.assertAlmostEqual(figures["precision"], (2 / 3 + 1) / 2)
        self.assertAlmostEqual(figures["recall"], 0.75)

    def test_classes_that_are_numbers_are_the_same_with_and_without_a_point(self):
        said = [answer("1", 1.0), answer("2", 0), answer("3", [1])]
        self.report({"predictions/a": lines(*said), "truth/t.csv": "ride,price\n1,1\n2,0\n3,0\n"}, "classification")
        self.assertAlmostEqual(self.runs()["3"].metrics["accuracy"], 2 / 3)


class Refusals(Reports):
    TRUTH = OfNumbers.TRUTH

    def refused(self, files, message):
        self.assertIn(message, self.report(files, status=1))
        self.assertEqual(self.runs(), {})

    def test_predictions_of_other_rows(self):
        self.refused(
            {"predictions/a": lines(answer("x", 1.0)), "truth/t.csv": self.TRUTH},
            "of 1 predictions none has the id of a row in s3://lake/truth, column ride",
        )

    def test_lines_that_are_no_answers(self):
        several = answer("7", 1.0, outputs=[{"data": [1.0, 2.0]}])
        self.refused(
            {"predictions/a": lines({"data": {"ndarray": [1]}}, several, [1]), "truth/t.csv": self.TRUTH},
            "none of 3 lines in s3://lake/out is an answer with an id and one value",
        )

    def test_text_that_is_no_json_with_its_place(self):
        self.refused({"predictions/a": '{"id": \n', "truth/t.csv": self.TRUTH}, "predictions/a, line 1: ")

    def test_truth_without_its_columns(self):
        self.refused(
            {"predictions/a": lines(answer("7", 1.0)), "truth/t.csv": "id,cost\n7,1\n"},
            "truth/t.csv has no price and no ride, but ['id', 'cost']",
        )

    def test_no_truth_at_all(self):
        self.refused({"predictions/a": lines(answer("7", 1.0))}, "there is nothing in s3://lake/truth")

    def test_says_how_many_lines_it_leaves_aside(self):
        said = self.report({"predictions/a": lines(answer("7", 1.0), {"id": "8"}), "truth/t.csv": self.TRUTH})
        self.assertIn("1 of 2 lines are left aside", said)


if __name__ == "__main__":
    unittest.main()
