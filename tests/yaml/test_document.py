"""The YAML reader: its values, its places, and what it says about files that are no YAML."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.yaml import document as reader
from relpro.yaml.document import parse, read, read_line

#: Without the line breaks that only YAML 1.1 knows, which PyYAML writes as they are.
_signs = st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029")
_texts = st.text(_signs, max_size=12).filter(
    # Text that starts like a number is where YAML 1.1, which PyYAML writes, and 1.2 disagree.
    lambda text: not re.match(r"[-+.0-9]", text)
)
_integers = st.integers(1 - 2**53, 2**53 - 1)
_scalars = (
    st.none()
    | st.booleans()
    | _integers
    # PyYAML writes exponents as no other does: 1.0e+20.
    | st.floats(-1e9, 1e9).filter(lambda number: "e" not in repr(number))
    | _texts
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_texts | _integers, inner, max_size=4)
        | inner.map(lambda shared: [shared, {"again": shared}])
    ),
    max_leaves=8,
)
_names = st.text("abcnoxyz", min_size=1, max_size=6)
_trees = st.dictionaries(
    _names,
    st.recursive(
        _names,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
    min_size=1,
)


def _complaints(text: str | bytes) -> list[str]:
    with pytest.raises(RelproError) as caught:
        parse(text, "f.yml")
    return [
        f"{d.code} {' '.join(str(place)[6:] for place in d.where)} {d.what} | {d.remedy}"
        for d in caught.value.diagnostics
    ]


def _value(text: str) -> Any:
    return parse(f"value: {text}\n", "f.yml").data["value"]


@given(_values, st.booleans(), st.booleans())
def test_what_pyyaml_writes_is_read_as_pyyaml_reads_it(value: Any, flow: bool, raw: bool) -> None:
    text = yaml.safe_dump(
        {"value": value}, default_flow_style=flow, allow_unicode=raw, sort_keys=False
    )
    assert parse(text, "f.yml").data == _with_text_keys(yaml.safe_load(text))
    assert yaml.safe_load(text) == {"value": value}


def _with_text_keys(value: Any) -> Any:
    """A value as JSON would have it: numbers cannot be keys."""
    if isinstance(value, dict):
        return {
            str(key) if type(key) is int else key: _with_text_keys(item)
            for key, item in value.items()
        }
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


def test_numbers_that_are_keys_are_text_as_written() -> None:
    assert parse("{139.0: a, 1: b, 0x1: c, true: d}", "f.yml").data == {
        "139.0": "a",
        "1": "b",
        "0x1": "c",
        True: "d",
    }


@given(_trees, st.booleans())
def test_every_indexed_path_leads_to_the_key_or_item_in_the_text(
    tree: dict[str, Any], flow: bool
) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow)
    document = parse(text, "f.yml")
    lines = text.split("\n")
    paths = [path for path in document.locations.index if path]
    assert len(paths) == _parts(tree)
    for path in paths:
        line, column = document.locations.index[path]
        rest = lines[line - 1][column - 1 :].removeprefix("? ")
        expected = path[-1] if isinstance(path[-1], str) else _at(tree, path)
        if isinstance(expected, str):
            assert rest.startswith((expected, f"'{expected}'"))


def _parts(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(1 + _parts(part) for part in inner)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("On", "On"),
        ("012", "012"),
        ("0o14", "0o14"),
        ("0xfF", "0xfF"),
        ("-7", -7),
        ("+7", "+7"),
        ("-0", "-0"),
        ("0", 0),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-11-24", "2026-11-24"),
        ("127.0", 127.0),
        ("1.", "1."),
        ("1.10", "1.10"),
        ("-1.5", -1.5),
        (".5", ".5"),
        ("1e3", "1e3"),
        ("1e-07", 1e-07),
        ("127.0.1", "127.0.1"),
        ("127.0b1", "127.0b1"),
        ("1e", "1e"),
        ("-", [None]),
        ("+", "+"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!int 12", 12),
        ("9007199254740991", 2**53 - 1),
        ("18446744073709551616", "18446744073709551616"),
        ("-9223372036854775809", "-9223372036854775809"),
        ("1e400", "1e400"),
        ("1" * 301, "1" * 301),
        ("<<", "<<"),
    ],
)
def test_scalars_are_those_of_yaml_1_2_and_numbers_those_of_json(text: str, value: Any) -> None:
    found = _value(f"\n  {text}" if text == "-" else text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["9007199254740992", "-9007199254740992", "18446744073709551615"])
def test_an_integer_that_the_queue_would_round_is_refused(text: str) -> None:
    with pytest.raises(RelproError) as caught:
        _value(text)
    (problem,) = caught.value.diagnostics
    assert problem.code == "Y106"
    assert problem.what == f"`{text}` is an integer that the queue, and JSON readers, would round"
    assert _value(f"'{text}'") == text


@pytest.mark.parametrize("text", [".nan", ".inf", "-.inf", "!!float .nan"])
def test_a_number_that_json_does_not_have_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(RelproError) as caught:
        parse(f"a: {text}\nb:\n  - {text}\n", "f.yml")
    assert [one.code for one in caught.value.diagnostics] == ["Y106", "Y106"]
    assert [one.where[0].line for one in caught.value.diagnostics] == [1, 3]


def test_the_place_of_an_entry_is_its_key_and_of_an_item_its_start() -> None:
    text = "a:\n  b: [x,  y]\n  c:\n    - d: 1\n"
    origin = parse(text, "f.yml").locations.origin
    places = {
        (): "f.yml:1:1",
        ("a",): "f.yml:1:1",
        ("a", "b"): "f.yml:2:3",
        ("a", "b", 1): "f.yml:2:11",
        ("a", "c", 0): "f.yml:4:7",
        ("a", "c", 0, "d"): "f.yml:4:7",
        ("a", "c", 9, "d"): "f.yml:3:3",
        ("a", "b", "no index"): "f.yml:2:3",
    }
    assert {path: str(origin(*path)) for path in places} == places


def test_aliases_share_their_value_and_its_places() -> None:
    document = parse("a: &x {k: 1}\nb: *x\nc: [*x]\n", "f.yml")
    assert document.data["a"] is document.data["b"] is document.data["c"][0]
    assert str(document.locations.origin("b")) == "f.yml:2:1"
    assert str(document.locations.origin("b", "k")) == "f.yml:1:8"
    assert str(document.locations.origin("c", 0)) == "f.yml:3:5"


def test_merged_keys_yield_to_written_ones_and_to_earlier_merges() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\n"
    document = parse(text, "f.yml")
    assert document.data["c"] == {"x": 1, "y": 1, "z": 3} == yaml.safe_load(text)["c"]
    assert str(document.locations.origin("c", "x")) == "f.yml:1:8"
    assert str(document.locations.origin("c", "z")) == "f.yml:4:3"


def test_a_scalar_written_over_a_merged_mapping_has_none_of_its_places() -> None:
    document = parse("a: &a {x: {deep: 1}}\nb: {<<: *a, x: 2}\n", "f.yml")
    assert str(document.locations.origin("b", "x", "deep")) == "f.yml:2:13"


def test_a_quoted_merge_sign_is_a_key() -> None:
    assert parse("'<<': {a: 1}\n", "f.yml").data == {"<<": {"a": 1}}


def test_aliases_of_aliases_are_read_without_writing_them_out() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 15)]
    document = parse("\n".join(lines), "f.yml")
    assert str(document.locations.origin("a14", *[1] * 15)) == "f.yml:1:13"


def test_a_byte_order_mark_and_dos_line_ends_are_read_over() -> None:
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f.yml")
    assert document.data == {"a": 1, "b": 2}
    assert str(document.locations.origin("b")) == "f.yml:2:1"


def test_json_is_read() -> None:
    assert parse('{"a": [1, true, null],\n\t"b": "\\u00e9\\/"}', "f.json").data == {
        "a": [1, True, None],
        "b": "é/",
    }


_COMPLAINTS = [
    ("a: |9x\n  b\n", ["Y101 1:6 did not find expected comment or line break | "]),
    ("a: 'b' c\n", ["Y101 1:8 text after a closing `'` | quote the whole value"]),
    ("a: 1\n%b: 2\n", ["Y101 2:3 found unexpected non-alphabetical character | "]),
    ("a: - b\n", ["Y101 1:4 a `- ` where no list can start | write it below its key"]),
    (
        "  a: 1\nb: 2\n",
        ["Y101 2:1 a line that is indented less than the first | indent it like its neighbours"],
    ),
    (
        "a: &b &c 1\n",
        ["Y101 1:7 text where a key should be | quote the text, or indent it like its neighbours"],
    ),
    ("", ["Y105  the file is empty | "]),
    ("# only a comment\n", ["Y105  the file is empty | "]),
    ("- a\n", ["Y105 1:1 the file holds a list, not a mapping | write `key: value` lines"]),
    (
        "just text\n",
        ["Y105 1:1 the file holds a single value, not a mapping | write `key: value` lines"],
    ),
    (
        "a: 1\n---\nb: 2\n",
        ["Y105 3:1 the file holds a second document | delete the `---`: a file is one document"],
    ),
    ("a: 1\nb: 2\na: 3\n", ["Y103 3:1 1:1 key `a` is written twice | keep one of the two"]),
    ("'1': 1\n1: 2\n", ["Y103 2:1 1:1 key `1` is written twice | keep one of the two"]),
    (
        "<<: {a: 1}\n<<: {b: 1}\n",
        ["Y103 2:1 1:1 key `<<` is written twice | write `<<: [*one, *other]`"],
    ),
    ("<<: 3\n", ["Y106 1:5 only mappings can be merged with `<<` | name one: `<<: *defaults`"]),
    (
        "defaults: &defaults {}\na: *default\n",
        ["Y104 2:4 alias `*default` names no anchor above it | did you mean `*defaults`?"],
    ),
    ("a: *b\n", ["Y104 1:4 alias `*b` names no anchor above it | write `&b` before the value"]),
    (
        "a: &a [*a]\n",
        ["Y104 1:8 alias `*a` stands inside what `&a` names | a value cannot hold itself"],
    ),
    ("{x}: 1\n", ["Y106 1:1 a mapping cannot be a key | quote the key"]),
    ("? [x]\n: 1\n", ["Y106 1:3 a list cannot be a key | quote the key"]),
    (
        "a: !secret x\nb: !!binary eA==\nc: !!int x\nd: !vault {}\n",
        [
            "Y106 1:4 tag `!secret` has no meaning here | leave the tag out",
            "Y106 2:4 tag `!!binary` has no meaning here | leave the tag out",
            "Y106 3:4 `x` is not what its tag `!!int` says | leave the tag out",
            "Y106 4:4 tag `!vault` has no meaning here | leave the tag out",
        ],
    ),
    (
        "a:\n\tb: 1\n",
        ["Y101 2:1 a tab is used as indentation | indent with spaces: YAML forbids tabs"],
    ),
    (
        "a: b: c\n",
        ["Y101 1:5 a `:` where no key can be | quote the text, or indent it like its neighbours"],
    ),
    ("a: 'b\n", ["Y101 1:4 a quote that is never closed | close the quote"]),
    ("a: [b,\nc: d\n", ["Y101 1:4 a list in `[ ]` that is not closed | write `,` or `]`"]),
    ("a: {b\n", ["Y101 1:4 a mapping in `{ }` that is not closed | write `,` or `}`"]),
    ("a: {b}-c\n", ["Y101 1:7 text after a closing `}` | quote the whole value"]),
    ("a: @b\n", ["Y101 1:4 a value cannot start with this sign | quote the text"]),
    ('a: "\\q"\n', ["Y101 1:5 an unknown escape in double quotes | use single quotes"]),
    (
        "a\nb: 1\n",
        ["Y101 2:2 a `:` where no key can be | quote the text, or indent it like its neighbours"],
    ),
    ("a: 1\nbcd\nc: 1\n", ["Y101 2:1 a key without a `:` after it | write `key: value`"]),
    ("a:\n- b\nc\n", ["Y101 3:1 a key without a `:` after it | write `key: value`"]),
    ("a: *\n", ["Y101 1:5 a sign that starts a name, without one | quote the text"]),
    ("a: !e!x 1\n", ["Y101 1:4 an unknown tag | leave the tag out"]),
    ("a: \x07\n", ["Y101 1:4 the control character U+0007 is not allowed in YAML | delete it"]),
    (b"a: 1\nb: \xff\n", ["Y102 2 byte 0xff is not UTF-8 | save the file as UTF-8"]),
    ("a: \ud800\n", ["Y102 1 byte 0xed is not UTF-8 | save the file as UTF-8"]),
    ("a: " + "[" * 200, ["Y106 1:103 values are nested more than 100 deep | "]),
    (
        "a: 1\na: 2\nb: *c\nd: [\n",
        [
            "Y103 2:1 1:1 key `a` is written twice | keep one of the two",
            "Y104 3:4 alias `*c` names no anchor above it | write `&c` before the value",
            "Y101 5:1 a value is missing | write the value, or close the bracket",
        ],
    ),
]


@pytest.mark.parametrize(("text", "complaints"), _COMPLAINTS)
def test_a_file_that_cannot_be_read_says_everything_that_is_wrong(
    text: str | bytes, complaints: list[str]
) -> None:
    assert _complaints(text) == complaints


def test_a_tower_of_aliases_is_refused_before_anyone_walks_it() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (complaint,) = _complaints("\n".join(lines))
    assert complaint.startswith("Y106 7:")
    assert "stand for more than 5,000,000 values" in complaint


@pytest.mark.parametrize(
    "text", ["a: &x {b: [1, two]}\nc: *x\n", "a:\n\tb: 1\n", "a: [b\n", "a: {b}-c\n", "a: \x07\n"]
)
def test_without_libyaml_the_same_is_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome() -> object:
        try:
            return parse(text, "f.yml").data
        except RelproError as error:
            return str(error)

    fast = outcome()
    monkeypatch.setattr(reader, "_Parser", yaml.BaseLoader)
    assert outcome() == fast


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RelproError, match=r"Y107.*`kinds/x.yml` cannot be read: no such file"):
        read(tmp_path / "x.yml", "kinds/x.yml")
    with pytest.raises(RelproError, match=r"Y107.*`kinds` cannot be read: is a directory"):
        read(tmp_path, "kinds")


def test_a_file_is_read_under_the_name_that_people_know(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a: é\n", encoding="utf-8")
    document = read(tmp_path / "x.yml", "kinds/x.yml")
    assert (document.file, document.data) == ("kinds/x.yml", {"a": "é"})
    assert str(document.locations.origin("a")) == "kinds/x.yml:1:1"


def test_lines_of_files_are_given_and_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(b"one\r\ntwo \xff\n")
    line = read_line(tmp_path)
    found = [line("x.yml", number) for number in (1, 2, 9, 0, -1)]
    assert found == ["one", "two \ufffd", None, None, None]
    assert line("y.yml", 1) is None
    assert line("bad\0name", 1) is None
    assert line(str(tmp_path / "x.yml"), 1) == "one"
