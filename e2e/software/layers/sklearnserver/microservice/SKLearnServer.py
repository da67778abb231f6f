"""Stands in for the class of the same name in seldonio/sklearnserver, which is not on PyPI: the wrapper around it is."""

import os

import joblib


class SKLearnServer:
    def __init__(self, model_uri: str) -> None:
        self.model = joblib.load(os.path.join(model_uri, "model.joblib"))

    def predict(self, X, names=None):
        return self.model.predict(X)
