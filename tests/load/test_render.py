"""The text that a person reads when something is wrong."""

import pytest

from relpro.errors import Diagnostic, Origin, render


def _shown(line: str, column: int, code: str = "K203", remedy: str = "") -> list[str]:
    """What is shown of a file of which line 7 is `line`, for a mistake in that line."""
    diagnostic = Diagnostic(code, "what", (Origin("f.yml", 7, column),), remedy=remedy)
    return render([diagnostic], lambda _, number: line if number == 7 else None).split("\n")[2:]


def test_the_line_and_the_key_are_shown_with_the_remedy() -> None:
    diagnostic = Diagnostic(
        "K203",
        "unknown key `kind-dependancies`",
        (Origin("kinds/promote/signing.yml", 3, 1), Origin("kinds/push/signing.yml", 4)),
        context="kind `signing`",
        why="keys are fixed",
        remedy="did you mean `kind-dependencies`?",
    )
    assert render([diagnostic], lambda *_: "kind-dependancies: [build]") == (
        "error[K203]: unknown key `kind-dependancies`\n"
        "  --> kinds/promote/signing.yml:3:1   (kind `signing`)\n"
        "  --> kinds/push/signing.yml:4\n"
        " 3 | kind-dependancies: [build]\n"
        "   | ^^^^^^^^^^^^^^^^^ did you mean `kind-dependencies`?\n"
        "why: keys are fixed"
    )


def test_without_the_file_the_remedy_stands_alone() -> None:
    diagnostic = Diagnostic("Q702", "what", context="index", remedy="try again")
    assert render([diagnostic]) == "error[Q702]: what\n  in   (index)\nhelp: try again"
    assert _shown("", 1, remedy="try again") == ["help: try again"]


@pytest.mark.parametrize(
    ("line", "column", "culprit"),
    [
        ("key: value", 1, "key"),
        ("  key : value", 3, "key"),
        ('"a: b": value', 1, '"a: b"'),
        ("- it's: value", 3, "it's"),
        ("a:b: value", 1, "a:b"),
        ("- {key: value, other: 1}", 4, "key"),
        ("- [one two, three]", 4, "one two"),
        ("- [one, {two}]", 9, "{two}"),
        ("- one, two # three", 3, "one, two"),
        ("- {locale}-x", 3, "{locale}"),
        ("[[a], [b]]", 1, "[[a], [b]]"),
        ("key", 1, "key"),
        ("key: é", 1, "key"),
    ],
)
def test_the_key_or_item_at_the_place_is_underlined(line: str, column: int, culprit: str) -> None:
    text, carets = _shown(line, column)
    assert text == f" 7 | {line}"
    assert carets == f"   | {'':{column - 1}}{'^' * len(culprit)}"


@pytest.mark.parametrize(
    ("line", "column", "culprit"),
    [
        ("    max-run-time: 2 hours  # too long", 5, "2 hours"),
        ("key: 'it''s: #1'  ", 1, "'it''s: #1'"),
        ('key: "say \\"yes\\""', 1, '"say \\"yes\\""'),
        ("- {key: value, other: 1}", 4, "value"),
        ("- {by-level: {3: 2 hours, default: 1}}", 15, "2 hours"),
        ("key: [a, b]", 1, "[a, b]"),
        ("key: [[a], b] # c", 1, "[[a], b]"),
        ("key: a, b [c]", 1, "a, b [c]"),
        ("key: |", 1, "key"),
        ("key: # more below", 1, "key"),
        ("key:", 1, "key"),
        ("- item", 3, "item"),
    ],
)
def test_a_mistake_in_a_value_underlines_the_value(line: str, column: int, culprit: str) -> None:
    text, carets = _shown(line, column, code="K201")
    assert text == f" 7 | {line.rstrip()}"
    assert text[carets.index("^") : carets.index("^") + carets.count("^")] == culprit


def test_a_place_without_a_column_shows_the_line_alone() -> None:
    assert _shown("    raise KeyError", 0) == [" 7 |     raise KeyError"]


def test_a_place_behind_the_end_of_the_line_is_pointed_at() -> None:
    assert _shown("key: 'open", 40) == [" 7 | key: 'open", f"   | {'':10}^"]


def test_tabs_and_control_signs_do_not_move_the_caret() -> None:
    assert _shown("\tkey\x1b: 1", 2) == [" 7 |  key : 1", "   |  ^^^"]


def test_a_long_line_is_shown_around_its_culprit() -> None:
    line = f"list: [{'x, ' * 100}culprit, {'y, ' * 100}z]"
    text, carets = _shown(line, line.index("culprit") + 1, remedy="leave it out")
    assert len(text) == 100
    assert text.startswith(" 7 | ...")
    assert text.endswith("...")
    assert text[carets.index("^") : carets.rindex("^") + 1] == "culprit"
    assert carets.endswith("^ leave it out")


def test_a_culprit_longer_than_the_page_is_cut() -> None:
    text, carets, remedy = _shown(f"key: {'x' * 500}", 1, code="K201", remedy="shorten it")
    assert len(text) == len(carets) == 100
    assert remedy == "help: shorten it"


def test_a_long_remedy_has_a_line_of_its_own() -> None:
    remedy = "word " * 20
    assert _shown("key: 1", 1, remedy=remedy)[1:] == ["   | ^^^", f"help: {remedy}"]


def test_after_twenty_diagnostics_the_rest_is_counted() -> None:
    text = render([Diagnostic("G310", f"rule {number}") for number in range(23)])
    assert text.endswith("error[G310]: rule 19\n\n... and 3 more")


def test_long_line_numbers_move_the_margin() -> None:
    diagnostic = Diagnostic("K203", "what", (Origin("f.yml", 12345, 1),))
    assert render([diagnostic], lambda *_: "key: 1").split("\n")[2:] == [
        "12345 | key: 1",
        "      | ^^^",
    ]
