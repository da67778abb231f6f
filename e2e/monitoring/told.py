"""A model that does what its input says: fails below 0, and answers after x seconds otherwise."""

import time

import mlflow
from mlflow.pyfunc import PythonModel


class Told(PythonModel):
    def predict(self, context, model_input, params=None):
        seconds = float(model_input["x"].iloc[0])
        if seconds < 0:
            raise RuntimeError("it was told to fail")
        time.sleep(seconds)
        return model_input["x"].to_numpy()


mlflow.models.set_model(Told())
