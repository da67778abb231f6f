"""Text for Streamlit, which takes labels and messages for Markdown."""

import re

_MARKUP = re.compile(
    r"[\\`*\[\]<$~|&]"  # Markup wherever it stands
    r"|(?<![^\W_])_|_(?![^\W_])"  # Underscores, but not inside a word
    r"|^[#>]|^[+-](?=\s)|(?<=^\d)[.)](?=\s)"  # Headings, quotations and lists, at the start
)


def plain(text: str) -> str:
    """The text as Markdown that shows just it; names of ordinary columns stay as they are.

    Streamlit makes icons of :names: all the same: so the text is never a server's.
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def number_text(value: float) -> str:
    """A number as a person reads it: two decimals, or three digits of a small one."""
    if isinstance(value, int):
        return str(value)
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.3g}"
    return f"{value:.2f}" if size >= 1 or size == 0 else f"{value:.3g}"


def value_text(value: bool | int | float | str | None) -> str:
    if value is None:
        return "no number"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else number_text(value)
