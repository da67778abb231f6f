"""Names and answers are shown as they are."""

import pytest

from text import number_text, plain, value_text


@pytest.mark.parametrize(
    "text", ["fixed acidity (g/dm³)", "petal_length", "% vol", "AGE-2", "x1 + x2", "Größe", "at 12:30", "a: b"]
)
def test_ordinary_names_are_not_touched(text):
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a*", r"\*a\*"),
        ("_a_ b_c", r"\_a\_ b_c"),
        ("[a](b)", r"\[a\](b)"),
        ("<b>", r"\<b>"),
        ("$x$", r"\$x\$"),
        (":red[a]", r":red\[a\]"),
        ("# a", r"\# a"),
        ("- a", r"\- a"),
        ("-7.00 kg", "-7.00 kg"),
        ("1. a", r"1\. a"),
        ("a\\b", r"a\\b"),
        ("a\n\nb", "a b"),
    ],
)
def test_markup_is_escaped(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0614, "5.06"),
        (0.0, "0.00"),
        (-7.0, "-7.00"),
        (1234567.891, "1234567.89"),
        (0.12345, "0.123"),
        (0.00012345, "0.000123"),
        (0.00000012345, "1.23e-07"),
        (1e20, "1e+20"),
        (3, "3"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_numbers_read_well(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (None, "no number"), ("1", "1"), (1, "1")])
def test_values_that_are_no_measurements(value, text):
    assert value_text(value) == text
