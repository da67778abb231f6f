"""Which numbers get a slider, and with what step."""

import pytest

from form import Column
from widgets import decimals, slider_step


@pytest.mark.parametrize(
    ("settings", "step"),
    [
        ({"min": 0.0, "max": 20.0, "step": 0.1, "default": 7.4}, 0.1),
        ({"min": 0.98, "max": 1.01, "step": 0.0001, "default": 0.9978}, 0.0001),
        ({"min": 0.0, "max": 20.0}, 0.1),  # A step that suits the range
        ({"min": 0.0, "max": 1.0}, 0.01),
        ({"min": -3e6, "max": 3e6}, 10000.0),
        ({"min": 0.0}, None),
        ({"max": 1.0}, None),
        ({"min": 0.0, "max": 1e6, "step": 1.0}, None),  # Too many positions
        ({"min": 0.0, "max": 1.0, "step": 0.1, "default": 0.076}, None),  # Would not show its default
        ({"min": 0.0, "max": 1.0, "step": 0.3}, None),  # Would not reach its end
        ({"min": 0.0, "max": 5e-324}, None),
        ({"min": -1.7e308, "max": 1.7e308}, None),
    ],
)
def test_the_slider_of_a_number(settings, step):
    assert slider_step(Column("x", "double", **settings)) == step


@pytest.mark.parametrize(
    ("settings", "step"),
    [({"min": -5, "max": 5}, 1), ({"min": 0, "max": 1000, "step": 50}, 50), ({"min": 0, "max": 100_000}, None)],
)
def test_the_slider_of_a_whole_number(settings, step):
    found = slider_step(Column("x", "long", **settings))
    assert found == step and not isinstance(found, float)


@pytest.mark.parametrize(("number", "count"), [(1, 0), (20.0, 0), (0.1, 1), (0.0001, 4), (1e-7, 7), (1e6, 0)])
def test_a_slider_shows_as_many_decimals_as_its_step_has(number, count):
    assert decimals(number) == count
