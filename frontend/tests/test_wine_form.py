"""The example form accepts every wine of the data."""

from pathlib import Path

import pytest

from form import read_form
from widgets import slider_step

FORM = read_form(str(Path(__file__).parents[1] / "wine_form.json"))

# The extremes of the 1,599 red wines of the data set.
DATA_RANGES = {
    "fixed acidity": (4.6, 15.9),
    "volatile acidity": (0.12, 1.58),
    "citric acid": (0.0, 1.0),
    "residual sugar": (0.9, 15.5),
    "chlorides": (0.012, 0.611),
    "free sulfur dioxide": (1.0, 72.0),
    "total sulfur dioxide": (6.0, 289.0),
    "density": (0.99007, 1.00369),
    "pH": (2.74, 4.01),
    "sulphates": (0.33, 2.0),
    "alcohol": (8.4, 14.9),
}


def test_the_inputs_are_the_columns_of_the_data_in_order():
    assert [(column.name, column.type) for column in FORM.inputs] == [(name, "double") for name in DATA_RANGES]


@pytest.mark.parametrize("column", FORM.inputs, ids=lambda column: column.name)
def test_the_range_contains_all_data(column):
    low, high = DATA_RANGES[column.name]
    assert column.min <= low and high <= column.max


@pytest.mark.parametrize("column", FORM.inputs, ids=lambda column: column.name)
def test_every_measurement_has_a_slider(column):
    assert slider_step(column) == column.step
