"""Reads the file that describes a model's form: its columns and the meaning of its answer.

README.md has the format as tables. Every fault of a file is found in one go and
named by its place, so that a person can mend them all at once.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

WHOLE = ("integer", "long")
NUMBERS = (*WHOLE, "float", "double")
TYPES = ("boolean", *NUMBERS, "string", "datetime")

# What a column can hold. Whole numbers end where a browser stops counting exactly.
LIMITS = {
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**53) + 1, 2**53 - 1),
    "float": (-3.4028234e38, 3.4028234e38),
}
# pandas, in which the model gets its table, knows no other years in full.
YEARS = (1678, 2261)

Value = bool | int | float | str


@dataclass(frozen=True)
class Column:
    """A column of the model's table, and what helps a person to fill it in."""

    name: str
    type: str
    required: bool = True
    unit: str = ""
    min: float | None = None
    max: float | None = None
    step: float | None = None
    default: Value | None = None
    choices: tuple[Value, ...] = ()

    @property
    def whole(self) -> bool:
        return self.type in WHOLE

    @property
    def number(self) -> bool:
        return self.type in NUMBERS

    @property
    def label(self) -> str:
        """The name, as the model knows it but for a first capital where it is a plain word."""
        first = self.name.split()[0] if self.name.split() else ""
        name = self.name[0].upper() + self.name[1:] if first.isalpha() and first.islower() else self.name
        return f"{name} ({self.unit})" if self.unit else name


@dataclass(frozen=True)
class Output:
    """What the answer is. With min (worst) and max (best) it has a scale, and a picture."""

    label: str
    unit: str = ""
    min: float | None = None
    max: float | None = None

    @property
    def scale(self) -> tuple[float, float] | None:
        return None if self.min is None or self.max is None else (self.min, self.max)


@dataclass(frozen=True)
class Form:
    title: str
    inputs: tuple[Column, ...]
    output: Output


class FormError(Exception):
    """Why there is no form, in words for the person at the screen."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


def read_form(path: str) -> Form:
    if not path:
        raise FormError(
            "No form is configured. The environment variable MODEL_FORM must name the file "
            "that describes the model's columns."
        )
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FormError(f"The form file {path} does not exist. MODEL_FORM names it.") from None
    except UnicodeDecodeError as error:
        raise FormError(f"The form file {path} is not text in UTF-8.", (str(error),)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FormError(f"The form file {path} cannot be read.", (reason,)) from error
    try:
        document = json.loads(text, parse_constant=_no_number, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise FormError(f"The form file {path} is not valid JSON.", (str(error),)) from error
    try:
        return parse_form(document)
    except FormError as error:
        count = len(error.faults)
        raise FormError(
            f"The form file {path} has {count} fault{'' if count == 1 else 's'}.", error.faults
        ) from error


def parse_form(document: Any) -> Form:
    faults: list[str] = []
    root = _Fields("", document, faults)
    title = root.text("title", required=True)
    entries = root.take("inputs")
    columns = []
    if not isinstance(entries, list) or not entries:
        root.fault("inputs", "must be a list of at least one column")
    else:
        columns = [_column(_Fields(f"inputs[{i}]", e, faults)) for i, e in enumerate(entries)]
        names = [column.name for column in columns]
        for index, name in enumerate(names):
            if name and name in names[:index]:
                faults.append(f"inputs[{index}].name is {_show(name)}, like an input before it")
    output = _output(_Fields("output", root.take("output"), faults))
    root.nothing_else()
    if faults:
        raise FormError("The form has faults.", tuple(faults))
    return Form(title, tuple(columns), output)


def _column(fields: "_Fields") -> Column:
    type_ = fields.take("type")
    known = type_ in TYPES if isinstance(type_, str) else False
    if not known:
        fields.fault("type", f"is {_show(type_)}, not one of {', '.join(TYPES)}")
    name = fields.text("name", required=True)
    required = fields.take("required")
    if not isinstance(required, bool | None):
        fields.fault("required", f"is {_show(required)}, not true or false")
    unit = fields.text("unit")
    numbers = {key: fields.number(key, whole=type_ in WHOLE) for key in ("min", "max", "step")}
    default, choices = fields.take("default"), fields.take("choices")
    fields.nothing_else()
    if not known:  # Nothing more can be said of its values.
        return Column(name, "string")

    if type_ not in NUMBERS:
        for key in (key for key, value in numbers.items() if value is not None):
            fields.fault(key, f"is for numbers, and the column is {type_}")
        numbers = dict.fromkeys(numbers)
    if choices is not None and (type_ == "boolean" or not isinstance(choices, list) or not choices):
        reason = "is not for booleans" if type_ == "boolean" else "must be a list of at least one value"
        fields.fault("choices", reason)
        choices = None
    values = []
    for index, choice in enumerate(choices or []):
        value, reason = check_value(type_, choice)
        if reason:
            fields.fault(f"choices[{index}]", reason)
        elif value in values:
            fields.fault(f"choices[{index}]", f"is {_show(choice)}, like a choice before it")
        values.append(value)
    if default is not None:
        default, reason = check_value(type_, default)
        if reason:
            fields.fault("default", reason)
            default = None
        elif choices and default not in values:
            fields.fault("default", f"is {_show(default)}, which is not one of choices")
    low, high, step = numbers["min"], numbers["max"], numbers["step"]
    for key in numbers:
        if numbers[key] is not None:
            _, reason = check_value(type_, numbers[key])
            if reason:
                fields.fault(key, reason)
    fields.range(low, high)
    if step is not None and step <= 0:
        fields.fault("step", f"is {_show(step)}, not more than 0")
    if isinstance(default, int | float) and not choices and type_ in NUMBERS:
        if low is not None and default < low:
            fields.fault("default", f"is {_show(default)}, less than min, which is {_show(low)}")
        if high is not None and default > high:
            fields.fault("default", f"is {_show(default)}, more than max, which is {_show(high)}")
    return Column(name, type_, required is not False, unit, low, high, step, default, tuple(values))


def _output(fields: "_Fields") -> Output:
    label, unit = fields.text("label", required=True), fields.text("unit")
    low, high = fields.number("min"), fields.number("max")
    fields.range(low, high)
    fields.nothing_else()
    return Output(label, unit, low, high)


def check_value(type_: str, value: Any) -> tuple[Value | None, str]:
    """The value as the column's type has it, or what is wrong with it."""
    if type_ == "boolean":
        return (value, "") if isinstance(value, bool) else (None, f"is {_show(value)}, not true or false")
    if type_ == "string":
        return (value, "") if isinstance(value, str) else (None, f"is {_show(value)}, not text")
    if type_ == "datetime":
        return check_datetime(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not finite(value):
        return None, f"is {_show(value)}, not a number"
    if type_ in WHOLE and value != int(value):
        return None, f"is {_show(value)}, not a whole number"
    low, high = LIMITS.get(type_, (value, value))
    if not low <= value <= high:
        return None, f"is {_show(value)}, not between {low} and {high}"
    return (int(value) if type_ in WHOLE else float(value)), ""


def check_datetime(value: Any) -> tuple[str | None, str]:
    """ISO text with date and time, the one form that every model server reads."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        return None, f"is {_show(value)}, not a date and time such as 2024-01-31T08:30:00"
    if moment.tzinfo:
        return None, f"is {_show(value)}, with a time zone, which MLflow's type has not; leave it out"
    if not YEARS[0] <= moment.year <= YEARS[1]:
        return None, f"is {_show(value)}, not of a year between {YEARS[0]} and {YEARS[1]}"
    return moment.isoformat(), ""


class _Fields:
    """The fields of one object; what was not taken is a fault at the end."""

    def __init__(self, path: str, value: Any, faults: list[str]) -> None:
        self.path, self.faults = path, faults
        self.object = isinstance(value, dict)
        self.left = dict(value) if self.object else {}
        if not self.object:
            faults.append(f"{path or 'the file'} must be an object, {{…}}")

    def fault(self, key: str, reason: str) -> None:
        if self.object:  # Otherwise that is the fault, and its fields are none.
            self.faults.append(f"{self.path}.{key} {reason}" if self.path else f"{key} {reason}")

    def take(self, key: str) -> Any:
        return self.left.pop(key, None)

    def text(self, key: str, required: bool = False) -> str:
        value = self.take(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.fault(key, "is missing" if value is None else f"is {_show(value)}, not text")
            return ""
        return value

    def number(self, key: str, whole: bool = False) -> float | None:
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not finite(value):
            self.fault(key, f"is {_show(value)}, not a number")
            return None
        if whole and value != int(value):
            self.fault(key, f"is {_show(value)}, not a whole number")
            return None
        return int(value) if whole else float(value)

    def range(self, low: float | None, high: float | None) -> None:
        if low is not None and high is not None and low >= high:
            self.fault("min", f"is {_show(low)}, not less than max, which is {_show(high)}")

    def nothing_else(self) -> None:
        for key in self.left:
            self.fault(key, "is not a field of the format")


def finite(value: float) -> bool:
    """Whether it is a number that a float can hold."""
    try:
        return math.isfinite(value)
    except OverflowError:  # An integer beyond every float.
        return False


def _show(value: Any) -> str:
    """A value as the file would have it, not longer than a line."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    try:
        text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    except ValueError:  # More digits than Python writes.
        text = "a number of too many digits"
    return text if len(text) <= 60 else f"{text[:60]}…"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"{_show(name)} occurs twice in one object")
    return dict(pairs)
