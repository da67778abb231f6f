"""A form in front of a deployed model; README.md says what each setting is.

API_URL         the model's full prediction URL
MODEL_PROTOCOL  what it speaks: v2 (default) or seldon
MODEL_FORM      the JSON file that describes its columns and its answer
"""

import os

import streamlit as st

from client import Answer, PredictionError, check_protocol, predict
from form import Form, FormError, Output, read_form
from picture import picture, table
from text import plain, value_text
from widgets import ask

API_URL = os.environ.get("API_URL", "http://localhost:8000/v2/models/classifier/infer")
MODEL_PROTOCOL = os.environ.get("MODEL_PROTOCOL", "v2")
MODEL_FORM = os.environ.get("MODEL_FORM", "")


def page() -> None:
    try:
        form = read_form(MODEL_FORM)
        check_protocol(MODEL_PROTOCOL)
    except (FormError, PredictionError) as error:
        st.set_page_config(page_title="Model", page_icon="🔮")
        st.title("This page is not set up yet")
        show_error(str(error), "\n".join(getattr(error, "faults", ())))
        return
    st.set_page_config(page_title=form.title, page_icon="🔮")
    st.title(plain(form.title), anchor=False)
    st.write("Fill in the values and ask the model.")
    row, faults = ask_all(form)
    if row is None:
        return
    if faults:
        show_error("\n\n".join(faults))
        return
    try:
        with st.spinner("Asking the model"):
            answers = predict(API_URL, MODEL_PROTOCOL, form.inputs, row)
    except PredictionError as error:
        show_error(str(error), error.detail)
    else:
        with st.container(key="answer"):  # By which browser.py finds it.
            show(answers, form.output)


def ask_all(form: Form):
    """What the person gave, once the button was pressed, and what is wrong with it."""
    row, faults = {}, []
    # A form: a changed value does not rerun the app, only the button does.
    with st.form("inputs"):
        halves = st.columns(2)
        for index, column in enumerate(form.inputs):
            with halves[2 * index // len(form.inputs)]:
                try:
                    # A changed column is another widget, not the old one's value in a new range.
                    value = ask(column, key=f"{index} {hash(column)}")
                except ValueError as error:
                    faults.append(str(error))
                    continue
            if value is not None:
                row[column.name] = value
            elif column.required:
                faults.append(f"{column.label} is missing.")
        asked = st.form_submit_button("Predict", type="primary")
    return (row if asked else None), faults


def show(answers: list[Answer], output: Output) -> None:
    value = answers[0].value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if len(answers) > 1 or not number:
        st.subheader(plain(output.label), anchor=False)
        if len(answers) > 1:
            st.html(table([(answer.name, value_text(answer.value)) for answer in answers]))
        else:
            st.text(value_text(value))
        return
    text = plain(f"{value_text(value)} {output.unit}")
    if not output.scale:
        st.metric(plain(output.label), text)
        return
    words, circle = st.columns(2, vertical_alignment="center")
    low, high = output.scale
    words.metric(plain(output.label), text)
    words.caption(f"On a scale from {low:g} (worst) to {high:g} (best)")
    circle.html(picture(value, output))


def show_error(message: str, detail: str = "") -> None:
    st.error("\n\n".join(map(plain, message.split("\n\n"))))
    if detail:
        # As code: what a server says is text, never markup.
        st.code(detail, language=None, wrap_lines=True)


page()
