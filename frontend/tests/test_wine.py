"""The form accepts real wines, and the picture can be read."""

import colorsys
import re

import pytest

from wine import FEATURES, colour, picture, verdict

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


def test_the_features_are_the_columns_of_the_data_in_order():
    assert [feature.name for feature in FEATURES] == list(DATA_RANGES)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_the_range_contains_all_data_and_the_default(feature):
    low, high = DATA_RANGES[feature.name]
    assert feature.minimum <= low and high <= feature.maximum
    assert feature.minimum <= feature.default <= feature.maximum


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_the_default_is_shown_in_full(feature):
    assert float(feature.format % feature.default) == feature.default


def test_labels_carry_the_unit_where_there_is_one():
    labels = [feature.label for feature in FEATURES]
    assert labels[0] == "Fixed acidity (g/dm³)"
    assert "pH" in labels


@pytest.mark.parametrize(
    ("quality", "word"), [(3, "poor"), (4.99, "poor"), (5, "average"), (6.5, "good"), (9, "good")]
)
def test_the_verdict_follows_the_quality(quality, word):
    assert verdict(quality) == word


def test_the_colour_goes_from_red_to_green_and_stops_there():
    assert colour(-1) == colour(0) == "hsl(0, 75%, 26%)"
    assert colour(11) == colour(10) == "hsl(120, 75%, 26%)"


@pytest.mark.parametrize("quality", range(11))
def test_white_text_on_every_colour_meets_wcag_aa(quality):
    hue, saturation, lightness = map(int, re.findall(r"\d+", colour(quality)))
    channels = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_the_picture_says_in_words_what_it_shows():
    assert 'role="img" aria-label="Predicted quality 5.06 of 10: average"' in picture(5.06)
