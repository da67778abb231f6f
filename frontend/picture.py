"""Answers as HTML: one number as a coloured circle that says in words what its colour
says, several as a table. What a server or a form says is text in it, never markup.
"""

import html
from collections.abc import Iterable

from form import Output
from text import number_text

# By the share of the scale that is reached: up to it, the word.
WORDS = ((0.2, "very poor"), (0.4, "poor"), (0.6, "fair"), (0.8, "good"), (1.0, "very good"))


def share(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    # Each divided alone: their difference may be more than a float holds.
    return value / 2 / (high / 2 - low / 2) - low / 2 / (high / 2 - low / 2)


def verdict(value: float, scale: tuple[float, float]) -> str:
    reached = share(value, scale)
    if reached < 0:
        return "below the scale"
    return next((word for end, word in WORDS if reached < end or reached == end == 1), "above the scale")


def colour(value: float, scale: tuple[float, float]) -> str:
    """From red (worst) to green (best), dark enough for white text at every step."""
    return f"hsl({min(max(share(value, scale), 0.0), 1.0) * 120:.0f}, 75%, 26%)"


def picture(value: float, output: Output) -> str:
    """Plain HTML: Streamlit's sanitizer removes SVG from what it is given."""
    low, high = output.scale
    number, word = number_text(value), verdict(value, output.scale)
    with_unit = f"{number} {output.unit}".strip()
    summary = f"{output.label}: {with_unit} on a scale from {low:g} to {high:g}, {word}"
    style = (
        "width: 11rem; height: 11rem; border-radius: 50%; color: #fff; "
        f"background: {colour(value, output.scale)}; display: flex; flex-direction: column; "
        "align-items: center; justify-content: center; text-align: center;"
    )
    return (
        f'<div role="img" aria-label="{html.escape(summary)}" style="{style}">'
        f'<strong style="font-size: {2.5 if len(number) <= 7 else 1.5}rem;">{number}</strong>'
        f'<span style="font-size: 1.25rem;">{word}</span>'
        "</div>"
    )


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Not Streamlit's own table: its cells are Markdown."""
    cell = "padding: 0.4rem 0.75rem; border: 1px solid #8886; overflow-wrap: anywhere;"
    body = "".join(
        f'<tr><th scope="row" style="{cell} font-weight: 600; text-align: left;">{html.escape(name)}</th>'
        f'<td style="{cell}">{html.escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="border-collapse: collapse; width: 100%;"><tbody>{body}</tbody></table>'
