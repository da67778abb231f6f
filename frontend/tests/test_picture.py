"""The picture can be read, whatever the scale."""

import colorsys
import re

import pytest

from form import Output
from picture import colour, picture, verdict

SCALE = (-50.0, 150.0)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-51, "below the scale"),
        (-50, "very poor"),
        (-10.1, "very poor"),
        (-10, "poor"),
        (50, "fair"),
        (109, "good"),
        (110, "very good"),
        (150, "very good"),
        (151, "above the scale"),
    ],
)
def test_the_word_follows_the_value(value, word):
    assert verdict(value, SCALE) == word


def test_the_colour_goes_from_red_to_green_and_stops_there():
    assert colour(-1e308, SCALE) == colour(-50, SCALE) == "hsl(0, 75%, 26%)"
    assert colour(1e308, SCALE) == colour(150, SCALE) == "hsl(120, 75%, 26%)"


def test_a_scale_as_wide_as_floats_has_a_middle():
    assert colour(0, (-1.7e308, 1.7e308)) == "hsl(60, 75%, 26%)"


@pytest.mark.parametrize("value", range(-50, 151, 20))
def test_white_text_on_every_colour_meets_wcag_aa(value):
    hue, saturation, lightness = map(int, re.findall(r"\d+", colour(value, SCALE)))
    channels = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_the_picture_says_in_words_what_it_shows():
    html = picture(5.0612, Output("Yield", "t/ha", 0, 10))
    assert 'role="img" aria-label="Yield: 5.06 t/ha on a scale from 0 to 10, fair"' in html


def test_markup_in_the_form_stays_text():
    html = picture(5, Output('"><script>alert(1)</script>', "<b>", 0, 10))
    assert "<script>" not in html and "<b>" not in html and 'aria-label="&quot;' in html
