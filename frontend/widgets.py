"""Asks for the value of one column."""

import math
from decimal import Decimal

import streamlit as st

from form import LIMITS, Column, Value, check_datetime
from text import plain

# Of a slider. With more positions, neighbours cannot be told apart by hand; with
# larger numbers, its ends cannot be read.
MOST_POSITIONS = 1000
MOST = 1e9


def ask(column: Column, key: str) -> Value | None:
    """The value that the person gave; None where the column is left empty."""
    label = plain(column.label if column.required else f"{column.label}, optional")
    if column.choices:
        return _choice(column, label, key, column.choices)
    if column.type == "boolean":
        if column.required:
            return st.checkbox(label, value=column.default is True, key=key)
        return _choice(column, label, key, (True, False))
    if column.number:
        step = slider_step(column) if column.required else None
        return _number(column, label, key) if step is None else _slider(column, label, key, step)
    return _text(column, label, key)


def _choice(column: Column, label: str, key: str, choices: tuple[Value, ...]) -> Value | None:
    return st.selectbox(
        label,
        choices,
        index=_empty(column, key, choices),
        format_func=lambda value: {True: "Yes", False: "No"}[value] if isinstance(value, bool) else plain(str(value)),
        placeholder="Choose one" if column.required else "Not given",
        required=column.required,
        key=key,
    )


def _slider(column: Column, label: str, key: str, step: float) -> Value:
    return st.slider(
        label,
        min_value=column.min,
        max_value=column.max,
        value=column.min if column.default is None else column.default,
        step=step,
        format="%d" if column.whole else f"%.{max(map(decimals, (column.min, step)))}f",
        key=key,
    )


def _number(column: Column, label: str, key: str) -> Value | None:
    low, high = LIMITS.get(column.type, (None, None))
    start = column.default if column.required else _remember(column, key)
    return st.number_input(
        label,
        min_value=low if column.min is None else column.min,
        max_value=high if column.max is None else column.max,
        value=start,
        step=column.step or (1 if column.whole else nice_step(column)),
        # All digits of what is typed, and no more.
        format="%d" if column.whole else "%.15g",
        placeholder="Type a number" if column.required else "Not given",
        required=column.required,
        key=key,
    )


def _text(column: Column, label: str, key: str) -> str | None:
    moment = column.type == "datetime"
    text = st.text_input(
        label,
        value=column.default or "",
        placeholder=("2024-01-31T08:30:00" if moment else "") if column.required else "Not given",
        help="Date and time, such as 2024-01-31T08:30:00" if moment else None,
        required=column.required,
        key=key,
    )
    if not moment:
        return text or None
    if not text.strip():
        return None
    value, reason = check_datetime(text)
    if reason:
        raise ValueError(f"{column.label} {reason}.")
    return value


def _empty(column: Column, key: str, choices: tuple[Value, ...]) -> int | None:
    start = column.default if column.required else _remember(column, key)
    return None if start is None else choices.index(start)


def _remember(column: Column, key: str) -> None:
    """Starts an optional widget with its default and yet lets a person empty it.

    Streamlit only lets those be emptied whose own start value is none.
    """
    if column.default is not None:
        st.session_state.setdefault(key, column.default)


def slider_step(column: Column) -> float | None:
    """The step of a slider; None where no slider shows every value that is wanted."""
    if column.min is None or column.max is None:
        return None
    if max(abs(column.min), abs(column.max)) > MOST:
        return None
    step = column.step or (1 if column.whole else nice_step(column))
    low, high, unit = (Decimal(repr(number)) for number in (column.min, column.max, step))
    reached = [high] if column.default is None else [high, Decimal(repr(column.default))]
    if (high - low) / unit > MOST_POSITIONS or any((value - low) % unit for value in reached):
        return None
    return step


def nice_step(column: Column) -> float:
    """A power of ten that divides the range into at least a hundred steps."""
    if column.min is None or column.max is None:
        return 0.01
    return 10.0 ** math.floor(math.log10(max(column.max / 100 - column.min / 100, 1e-300)))


def decimals(number: float) -> int:
    return max(0, -int(Decimal(repr(number)).normalize().as_tuple().exponent))
