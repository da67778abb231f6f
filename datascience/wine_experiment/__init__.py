"""The wine experiment: data, two models, their runs in MLflow, their way to serving.

`train.py` is its command line and `wine_experiment.ipynb` its notebook.
"""
