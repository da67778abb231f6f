"""The page itself, run by Streamlit's own test harness, with forms that are not of wine."""

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from client import build_request
from fake_model import V2_ANSWER, server
from form import parse_form

FOLDER = Path(__file__).parents[1]
MIXED = json.loads((FOLDER / "tests" / "mixed_form.json").read_text(encoding="utf-8"))
MIXED_ROW = {c["name"]: c["default"] for c in MIXED["inputs"] if "default" in c} | {
    "a datetime": "2024-01-02T03:04:05"
}
NOWHERE = "http://127.0.0.1:9/infer"


@pytest.fixture
def page(monkeypatch, tmp_path):
    """Opens the page as it is configured by the environment."""

    def open_page(form, url=NOWHERE, protocol=None):
        if isinstance(form, dict):
            file = tmp_path / "form.json"
            file.write_text(json.dumps(form), encoding="utf-8")
            form = str(file)
        for name, value in {"MODEL_FORM": form, "API_URL": url, "MODEL_PROTOCOL": protocol}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return AppTest.from_file(str(FOLDER / "app.py"), default_timeout=30).run()

    return open_page


def small(*columns, output=None):
    columns = columns or ({"name": "rooms", "type": "long", "default": 3},)
    return {"title": "House", "inputs": list(columns), "output": output or {"label": "Price"}}


def v2_of(*outputs):
    return {"outputs": [{"name": name, "shape": [1, 1], "data": [value]} for name, value in outputs]}


def press_predict(app):
    [button] = app.button
    assert button.label == "Predict"
    return button.click().run()


def widgets(app):
    kinds = (app.slider, app.number_input, app.selectbox, app.text_input, app.checkbox)
    return {widget.label: widget for kind in kinds for widget in kind}


def sent(received):
    return {tensor["name"]: tensor["data"][0] for tensor in received[-1]["inputs"]}


def test_each_column_gets_the_widget_of_its_type(page):
    app = page(MIXED)
    assert not app.exception and not app.error
    assert [text.value for text in app.markdown] == ["Fill in the values and ask the model."]
    assert {label: (type(w).__name__, w.value) for label, w in widgets(app).items()} == {
        "A boolean": ("Checkbox", True),
        "A integer": ("Slider", -7),
        "A long": ("NumberInput", 9007199254740990),
        "A float (kg)": ("Slider", 1.25),
        "A double": ("NumberInput", 0.000125),
        "A string": ("Selectbox", "all"),
        "A datetime": ("TextInput", "2024-01-02T03:04:05"),
        "Opt boolean, optional": ("Selectbox", None),
        "Opt integer, optional": ("Selectbox", 2),
        "Opt long, optional": ("NumberInput", None),
        "Opt float, optional": ("NumberInput", None),
        "Opt double, optional": ("NumberInput", 0.5),
        "Opt string, optional": ("TextInput", ""),
        "Opt datetime, optional": ("TextInput", ""),
    }


def test_predict_sends_the_defaults_and_leaves_out_what_is_empty(page):
    with server(body=V2_ANSWER) as (url, received):
        app = press_predict(page(MIXED, url))
    assert not app.exception and not app.error
    assert received == [build_request("v2", parse_form(MIXED).inputs, MIXED_ROW)]
    assert app.metric[0].value == "5.06 points"


def test_a_slider_without_a_default_starts_at_its_least_value(page):
    app = page(small({"name": "age", "type": "integer", "min": 18, "max": 99}))
    assert app.slider[0].value == 18


@pytest.mark.parametrize(
    ("column", "limits"),
    [
        ({"type": "double", "min": 1.5, "max": 1e7}, (1.5, 1e7)),
        ({"type": "integer", "min": 5}, (5, 2**31 - 1)),
        ({"type": "long", "max": 5}, (-(2**53) + 1, 5)),
    ],
)
def test_a_number_field_keeps_to_its_limits(page, column, limits):
    app = page(small({"name": "x", **column}))
    assert (app.number_input[0].min, app.number_input[0].max) == limits


def test_nothing_is_sent_before_the_button_is_pressed(page):
    with server(body=V2_ANSWER) as (url, received):
        page(MIXED, url)
    assert received == []


def test_every_value_that_is_given_is_sent_in_its_type(page):
    given = {
        "A boolean": False, "A integer": 4, "A long": -1, "A float (kg)": 2.5, "A double": 1e-9, "A string": "two",
        "A datetime": "2020-02-02 10:00", "Opt boolean, optional": False, "Opt integer, optional": 4,
        "Opt long, optional": 7, "Opt float, optional": 3.5, "Opt double, optional": 0.25,
        "Opt string, optional": "**x**", "Opt datetime, optional": "2020-02-03",
    }  # fmt: skip
    with server(body=V2_ANSWER) as (url, received):
        app = page(MIXED, url)
        for label, widget in widgets(app).items():
            widget.set_value(given[label])
        assert not press_predict(app).exception
    values = sent(received)
    assert list(values.values()) == [
        *(False, 4, -1, 2.5, 1e-9, "two", "2020-02-02T10:00:00"),
        *(False, 4, 7, 3.5, 0.25, "**x**", "2020-02-03T00:00:00"),
    ]
    assert all(type(values[name]) is int for name in ("a integer", "a long", "opt integer", "opt long"))


def test_an_optional_default_can_be_taken_back(page):
    with server(body=V2_ANSWER) as (url, received):
        app = page(MIXED, url)
        for label in ("Opt integer, optional", "Opt double, optional"):
            widgets(app)[label].set_value(None)
        press_predict(app)
    assert not {"opt integer", "opt double"} & set(sent(received))


def test_a_required_column_that_is_empty_is_named_and_nothing_sent(page):
    columns = [{"name": name, "type": type_} for name, type_ in [("age", "long"), ("town", "string"), ("on", "datetime")]]
    with server(body=V2_ANSWER) as (url, received):
        app = press_predict(page(small(*columns), url))
    assert app.error[0].value == "Age is missing.\n\nTown is missing.\n\nOn is missing."
    assert received == []


def test_a_moment_that_is_none_is_said_so(page):
    app = page(small({"name": "since", "type": "datetime", "default": "2024-01-01"}))
    app.text_input[0].set_value("yesterday")
    assert "is \"yesterday\", not a date and time" in press_predict(app).error[0].value


def test_a_column_of_markup_and_a_column_of_the_same_label_do_no_harm(page):
    names = ["a_*b*", "A_*b*", "b c", "B c", "<script>", "$", "🍷", "x" * 300]
    app = page(small(*({"name": name, "type": "double", "default": 1} for name in names)))
    assert not app.exception and len(app.number_input) == len(names)
    assert app.number_input[0].label == r"a\_\*b\*"


def test_the_seldon_protocol_is_spoken_when_configured(page):
    with server(body={"data": {"names": ["t:0"], "ndarray": [[4.4]]}}) as (url, received):
        app = press_predict(page(small(), url, "seldon"))
    assert received == [{"data": {"names": ["rooms"], "ndarray": [[3]]}}]
    assert app.metric[0].value == "4.40"


def test_an_answer_with_a_scale_has_a_picture(page):
    output = {"label": "Yield", "unit": "t/ha", "min": 2, "max": 12}
    with server(body=V2_ANSWER) as (url, _):
        app = press_predict(page(small(output=output), url))
    assert (app.metric[0].label, app.metric[0].value) == ("Yield", "5.06 t/ha")
    assert "from 2 (worst) to 12 (best)" in app.caption[0].value
    [picture] = app.get("html")
    assert "Yield: 5.06 t/ha on a scale from 2 to 12, poor" in str(picture.proto)


@pytest.mark.parametrize(("value", "shown"), [(3, "3"), (0.00025, "0.00025"), (-7.0, "-7.00")])
def test_a_number_without_a_scale_has_no_picture(page, value, shown):
    with server(body=v2_of(("output-1", value))) as (url, _):
        app = press_predict(page(small(), url))
    assert app.metric[0].value == shown and not app.get("html")


@pytest.mark.parametrize("value", ["red", "<b>*red*</b> :wine_glass: http://a.org", "1. " + "long " * 100 + "."])
@pytest.mark.parametrize("output", [{"label": "Kind"}, {"label": "Kind", "min": 0, "max": 1}])
def test_a_class_is_shown_as_text_and_nothing_else(page, value, output):
    with server(body=v2_of(("output-1", value))) as (url, _):
        app = press_predict(page(small(output=output), url))
    assert app.subheader[0].value == "Kind" and app.text[0].value == value
    assert not app.metric and not app.get("html")


def test_a_truth_value_is_no_number(page):
    with server(body=v2_of(("output-1", True))) as (url, _):
        app = press_predict(page(small(output={"label": "Fraud", "min": 0, "max": 1}), url))
    assert app.text[0].value == "true" and not app.metric and not app.get("html")


def test_several_answers_are_a_table(page):
    with server(body=v2_of(("price", 12.5), ("<i>kind</i>", "<script>"), ("risk", None))) as (url, _):
        app = press_predict(page(small(), url))
    [table] = app.get("html")
    html = table.proto.body
    assert [re.sub("<[^>]*>", "|", row).strip("|") for row in html.split("</tr>")[:-1]] == [
        "price||12.50",
        "&lt;i&gt;kind&lt;/i&gt;||&lt;script&gt;",
        "risk||no number",
    ]


def test_a_model_that_is_down_is_said_so(page):
    with server() as (url, _):
        pass
    app = press_predict(page(small(), url))
    assert not app.exception and not app.metric
    assert "cannot be reached" in app.error[0].value


def test_what_a_failing_model_says_is_shown_verbatim(page):
    with server(status=500, body=b'{"error": "**boom** <script>"}') as (url, _):
        app = press_predict(page(small(), url))
    assert "HTTP status 500" in app.error[0].value
    assert app.code[0].value == '{"error": "**boom** <script>"}'


@pytest.mark.parametrize(
    ("form", "protocol", "message", "detail"),
    [
        (None, None, "MODEL_FORM must name the file", None),
        ("/nowhere/form.json", None, "The form file /nowhere/form.json does not exist", None),
        ({"title": "x"}, None, "has 2 faults", "inputs must be a list of at least one column"),
        (small(), "grpc", "MODEL_PROTOCOL is 'grpc', expected one of v2, seldon", None),
    ],
)
def test_a_page_that_is_set_up_wrongly_says_how(page, form, protocol, message, detail):
    app = page(form, protocol=protocol)
    assert not app.exception and not app.button
    assert message in app.error[0].value.replace("\\", "")
    assert (detail in app.code[0].value) if detail else not app.code


def test_the_example_form_opens_on_its_defaults(page):
    form = json.loads((FOLDER / "wine_form.json").read_text(encoding="utf-8"))
    app = page(str(FOLDER / "wine_form.json"))
    assert app.title[0].value == form["title"]
    assert [slider.value for slider in app.slider] == [column["default"] for column in form["inputs"]]
