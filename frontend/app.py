"""Wine Quality Prediction: a form in front of a deployed model.

API_URL         the model's full prediction URL
MODEL_PROTOCOL  what it speaks: v2 (default) or seldon
"""

import os

import streamlit as st

from client import PredictionError, predict
from wine import BEST_QUALITY, FEATURES, picture

API_URL = os.environ.get("API_URL", "http://localhost:8000/v2/models/classifier/infer")
MODEL_PROTOCOL = os.environ.get("MODEL_PROTOCOL", "v2")

st.set_page_config(page_title="Wine Quality Prediction", page_icon="🍷")
st.title("Wine Quality Prediction")
st.write("Describe a red wine and ask the model how good it is.")

# A form: moving a slider does not rerun the app, only the button does.
with st.form("wine"):
    halves = st.columns(2)
    row = {
        feature.name: halves[2 * index // len(FEATURES)].slider(
            feature.label,
            min_value=feature.minimum,
            max_value=feature.maximum,
            value=feature.default,
            step=feature.step,
            format=feature.format,
        )
        for index, feature in enumerate(FEATURES)
    }
    asked = st.form_submit_button("Predict", type="primary")

if asked:
    try:
        with st.spinner("Asking the model"):
            quality = predict(API_URL, MODEL_PROTOCOL, row)
    except PredictionError as error:
        st.error(str(error))
        if error.detail:
            # As code: what a server says is text, never markup.
            st.code(error.detail, language=None, wrap_lines=True)
    else:
        number, circle = st.columns(2)
        number.metric("Predicted quality", f"{quality:.2f} / {BEST_QUALITY}")
        circle.html(picture(quality))
