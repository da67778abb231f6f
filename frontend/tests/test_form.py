"""A form file is read whole, or every fault of it is named."""

import json

import pytest

from form import Column, Form, FormError, Output, parse_form, read_form

OUTPUT = {"label": "Price"}


def form_of(*columns, title="House", output=OUTPUT):
    return {"title": title, "inputs": list(columns), "output": output}


def faults_of(document):
    with pytest.raises(FormError) as caught:
        parse_form(document)
    return list(caught.value.faults)


def column_faults(**column):
    return faults_of(form_of({"name": "x", "type": "double", **column}))


def test_a_whole_form_is_read():
    rooms = {
        "name": "rooms", "type": "integer", "required": False,
        "unit": "no.", "min": 1, "max": 9.0, "step": 1, "default": 3,
    }  # fmt: skip
    kind = {"name": "kind", "type": "string", "choices": ["flat", "house"], "default": "flat"}
    assert parse_form(form_of(rooms, kind, output={**OUTPUT, "unit": "€", "min": 0, "max": 1e6})) == Form(
        "House",
        (
            Column("rooms", "integer", False, "no.", 1, 9, 1, 3),
            Column("kind", "string", default="flat", choices=("flat", "house")),
        ),
        Output("Price", "€", 0, 1e6),
    )


@pytest.mark.parametrize("type_", ["boolean", "integer", "long", "float", "double", "string", "datetime"])
def test_name_and_type_are_enough(type_):
    assert parse_form(form_of({"name": "x", "type": type_})).inputs == (Column("x", type_),)


@pytest.mark.parametrize("type_", ["integer", "long"])
def test_whole_numbers_stay_whole(type_):
    [column] = parse_form(form_of({"name": "x", "type": type_, "min": 0.0, "max": 9.0, "default": 2.0})).inputs
    assert all(isinstance(value, int) for value in (column.min, column.max, column.default))


def test_other_numbers_are_never_whole():
    [column] = parse_form(form_of({"name": "x", "type": "float", "min": 0, "max": 9, "choices": [1, 2]})).inputs
    assert all(isinstance(value, float) for value in (column.min, column.max, *column.choices))


def test_choices_need_not_lie_on_the_range():
    column = {"name": "x", "type": "long", "min": 0, "max": 9, "choices": [-1, 5], "default": -1}
    assert parse_form(form_of(column)).inputs[0].default == -1


def test_a_moment_is_read_as_the_servers_read_it():
    [column] = parse_form(form_of({"name": "x", "type": "datetime", "default": "2024-01-02 03:04"})).inputs
    assert column.default == "2024-01-02T03:04:00"


@pytest.mark.parametrize(
    ("name", "unit", "label"),
    [
        ("fixed acidity", "g/dm³", "Fixed acidity (g/dm³)"),
        ("pH", "", "pH"),
        ("x_1", "", "x_1"),
        ("ID", "", "ID"),
        (" ", "", " "),
    ],
)
def test_labels_are_names_with_units(name, unit, label):
    assert Column(name, "double", unit=unit).label == label


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ({"type": "tensor"}, 'type is "tensor", not one of boolean, integer, long, float, double, string, datetime'),
        ({"type": ["double"]}, 'type is ["double"], not one of boolean,'),
        ({"type": None}, "type is missing, not one of"),
        ({"name": None}, "name is missing"),
        ({"name": ""}, 'name is "", not text'),
        ({"name": 7}, "name is 7, not text"),
        ({"required": "yes"}, 'required is "yes", not true or false'),
        ({"unit": 1}, "unit is 1, not text"),
        ({"min": "0"}, 'min is "0", not a number'),
        ({"max": True}, "max is true, not a number"),
        ({"min": 2, "max": 1}, "min is 2, not less than max, which is 1"),
        ({"min": 1, "max": 1}, "min is 1, not less than max, which is 1"),
        ({"step": 0}, "step is 0, not more than 0"),
        ({"default": "7"}, 'default is "7", not a number'),
        ({"default": False}, "default is false, not a number"),
        ({"default": 10**400}, "default is 1000"),
        ({"min": 0, "default": -1}, "default is -1, less than min, which is 0"),
        ({"max": 0, "default": 1}, "default is 1, more than max, which is 0"),
        ({"type": "integer", "default": 1.5}, "default is 1.5, not a whole number"),
        ({"type": "integer", "step": 0.5}, "step is 0.5, not a whole number"),
        ({"type": "integer", "max": 2**31}, "max is 2147483648, not between -2147483648 and 2147483647"),
        ({"type": "long", "step": 2**60}, "step is 1152921504606846976, not between -9007199254740991 and 9007199254740991"),
        ({"type": "long", "default": 2**53}, "default is 9007199254740992, not between"),
        ({"type": "float", "default": 1e39}, "default is 1e+39, not between"),
        ({"type": "string", "min": 1}, "min is for numbers, and the column is string"),
        ({"type": "string", "default": 1}, "default is 1, not text"),
        ({"type": "boolean", "default": 1}, "default is 1, not true or false"),
        ({"type": "boolean", "choices": [True]}, "choices is not for booleans"),
        ({"type": "string", "choices": []}, "choices must be a list of at least one value"),
        ({"type": "string", "choices": "red"}, "choices must be a list of at least one value"),
        ({"type": "string", "choices": ["red", 1]}, "choices[1] is 1, not text"),
        ({"type": "string", "choices": ["a", "a"]}, 'choices[1] is "a", like a choice before it'),
        ({"type": "string", "choices": ["a"], "default": "b"}, 'default is "b", which is not one of choices'),
        ({"type": "long", "choices": [1, 2.5]}, "choices[1] is 2.5, not a whole number"),
        ({"type": "datetime", "default": "now"}, 'default is "now", not a date and time such as 2024'),
        ({"type": "datetime", "default": 2024}, "default is 2024, not a date and time"),
        ({"type": "datetime", "default": "2024-01-01T00:00Z"}, "with a time zone, which MLflow's type has not"),
        ({"type": "datetime", "default": "9999-01-01"}, "not of a year between 1678 and 2261"),
        ({"defualt": 7}, "defualt is not a field of the format"),
    ],
)
def test_a_fault_of_a_column_is_named(column, fault):
    [found] = column_faults(**column)
    assert found.startswith("inputs[0].") and fault in found


def test_every_fault_is_named_at_once():
    found = faults_of(
        {
            "inputs": [{"name": "a", "type": "double", "min": "x"}, {"name": "a", "type": "long"}, 3],
            "output": {"unit": 1, "min": 5, "max": 5},
            "more": 1,
        }
    )
    assert found == [
        "title is missing",
        'inputs[0].min is "x", not a number',
        "inputs[2] must be an object, {…}",
        'inputs[1].name is "a", like an input before it',
        "output.label is missing",
        "output.unit is 1, not text",
        "output.min is 5, not less than max, which is 5",
        "more is not a field of the format",
    ]


@pytest.mark.parametrize("document", [None, [], "form", 1, {}, {"title": "x", "inputs": {}, "output": []}])
def test_what_is_no_form_at_all_is_a_fault(document):
    assert faults_of(document)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "form.json"
    file.write_text(json.dumps(form_of({"name": "größe", "type": "double"})), encoding="utf-8-sig")
    assert read_form(str(file)).inputs[0].name == "größe"


@pytest.mark.parametrize(
    ("content", "message", "detail"),
    [
        (b"{", "is not valid JSON", "line 1 column 2"),
        (b"", "is not valid JSON", "line 1 column 1"),
        (b'{"title": NaN}', "is not valid JSON", "NaN is no number"),
        (b'{"title": "a", "title": "b"}', "is not valid JSON", '"title" occurs twice'),
        (b"[" * 100_000, "is not valid JSON", "recursion"),
        (b"\xff\xfe", "is not text in UTF-8", "0xff"),
        (b"{}", "has 3 faults", "title is missing"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path, content, message, detail):
    file = tmp_path / "form.json"
    file.write_bytes(content)
    with pytest.raises(FormError, match=message) as caught:
        read_form(str(file))
    assert str(file) in str(caught.value)
    assert detail in "\n".join(caught.value.faults)


def test_an_absent_file_and_an_absent_setting_are_told_apart(tmp_path):
    with pytest.raises(FormError, match="none.json does not exist"):
        read_form(str(tmp_path / "none.json"))
    with pytest.raises(FormError, match="environment variable MODEL_FORM must name the file"):
        read_form("")


def test_a_folder_is_not_a_form(tmp_path):
    with pytest.raises(FormError, match="cannot be read"):
        read_form(str(tmp_path))
