"""The page itself, run by Streamlit's own test harness."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from test_client import ROW, V2_ANSWER, server
from client import build_request
from wine import FEATURES

APP = str(Path(__file__).parents[1] / "app.py")


@pytest.fixture
def page(monkeypatch):
    """Opens the page as it is configured by the environment."""

    def open_page(url, **environment):
        monkeypatch.delenv("MODEL_PROTOCOL", raising=False)
        monkeypatch.setenv("API_URL", url)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return AppTest.from_file(APP, default_timeout=30).run()

    return open_page


def press_predict(page):
    [button] = page.button
    assert button.label == "Predict"
    return button.click().run()


def test_the_form_opens_on_the_default_wine(page):
    app = page("http://127.0.0.1:9/infer")
    assert not app.exception
    assert app.title[0].value == "Wine Quality Prediction"
    assert {s.label: s.value for s in app.slider} == {f.label: f.default for f in FEATURES}


def test_predict_asks_the_model_and_shows_the_number(page):
    with server(body=json.dumps(V2_ANSWER).encode()) as (url, received):
        app = press_predict(page(url))
    assert not app.exception and not app.error
    assert received == [build_request("v2", ROW)]
    assert app.metric[0].value == "5.06 / 10"


def test_a_moved_slider_reaches_the_model(page):
    with server(body=json.dumps(V2_ANSWER).encode()) as (url, received):
        app = page(url)
        app.slider[-1].set_value(14.9)
        press_predict(app)
    assert received == [build_request("v2", {**ROW, "alcohol": 14.9})]


def test_the_seldon_protocol_is_spoken_when_configured(page):
    with server(body=b'{"data": {"ndarray": [4.4]}}') as (url, received):
        app = press_predict(page(url, MODEL_PROTOCOL="seldon"))
    assert received == [build_request("seldon", ROW)]
    assert app.metric[0].value == "4.40 / 10"


def test_a_model_that_is_down_is_said_so(page):
    with server() as (url, _):
        pass
    app = press_predict(page(url))
    assert not app.exception and not app.metric
    assert "cannot be reached" in app.error[0].value


def test_what_a_failing_model_says_is_shown_verbatim(page):
    with server(status=500, body=b'{"error": "**boom**"}') as (url, _):
        app = press_predict(page(url))
    assert "HTTP status 500" in app.error[0].value
    assert app.code[0].value == '{"error": "**boom**"}'
