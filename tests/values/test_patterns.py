"""Regular expressions for whole texts: what they match, what is none, and how long it takes."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relpro.values.patterns import MOST_STATES, NoPattern, Pattern

SIGNS = ["a", "b", "-", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "(?:a|b-)", "(a|ab)", "()"]
PART = st.tuples(
    st.sampled_from(SIGNS), st.sampled_from(["", "", "?", "*", "+", "+?", "{2}", "{1,}", "{,2}"])
).map("".join) | st.sampled_from("^$")
ROW = st.lists(PART, max_size=5).map("".join)
EXPRESSION = st.lists(ROW, min_size=1, max_size=3).map("|".join)
NESTED = st.tuples(EXPRESSION, st.sampled_from(["*", "?", "{2}", ""]), ROW).map(
    lambda parts: f"({parts[0]}){parts[1]}{parts[2]}"
)


@settings(max_examples=500, deadline=None)
@given(EXPRESSION | NESTED, st.text("ab-.1ä", max_size=8))
def test_it_matches_what_re_matches(expression: str, text: str) -> None:
    assert Pattern.of(expression).fullmatch(text) == bool(re.fullmatch(expression, text))
    assert Pattern.of(expression).match(text) == bool(re.match(expression, text))


@pytest.mark.parametrize(
    ("expression", "text", "matches"),
    [
        ("mozilla-(central|beta|esr\\d+)|autoland", "mozilla-esr115", True),
        ("mozilla-(central|beta|esr\\d+)|autoland", "mozilla-esr", False),
        ("^release$", "release", True),
        (r"win.*", "win64", True),
        ("[]a]", "]", True),
        ("a{0}b", "b", True),
        ("a{x}", "a{x}", True),
        ("{}", "{}", True),
        ("a{,}", "aaa", True),
        ("(?P<name>a)", "a", True),
        ("", "", True),
        ("a|", "", True),
        ("a$b", "ab", False),
        ("^$", "", True),
        ("(^a|b)$", "a", True),
        ("b^a", "ba", False),
        (r"\x41\u0042", "AB", True),
    ],
)
def test_as_written(expression: str, text: str, matches: bool) -> None:
    assert Pattern.of(expression).fullmatch(text) is matches
    assert bool(re.fullmatch(expression, text)) is matches


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("[z-a]", "bad character range z-a at position 1"),
        ("a**", "multiple repeat at position 2"),
        ("(", "missing ), unterminated subpattern at position 0"),
        ("(a)\\1", "`\\1` at position 3 is not for patterns here"),
        ("(?!a)b", "`(?!a` at position 0 is not for patterns here"),
        ("(?i)a", "`(?i)` at position 0 is not for patterns here"),
        (r"\bword", r"`\bwo` at position 0 is not for patterns here"),
        ("a++b", "possessive `+` at position 2 is not for patterns here"),
        ("((a{9}){9}){99}", f"it has more than {MOST_STATES} parts, counting what is repeated"),
        ("(" * 300 + ")" * 300, "its groups are nested too deep"),
        ("(" * 2000 + ")" * 2000, "its groups are nested too deep"),
    ],
)
def test_what_is_no_pattern_says_why(expression: str, why: str) -> None:
    with pytest.raises(NoPattern) as raised:
        Pattern.of(expression)
    assert why in str(raised.value)


@pytest.mark.parametrize(
    "expression", ["(a+)+b", "(a|a)*b", "(.*a){20}b", "(a|aa)+b", "a*a*a*a*a*a*b", "((a*)*)*b"]
)
def test_no_expression_takes_more_than_linear_time(expression: str) -> None:
    began = time.perf_counter()
    assert not Pattern.of(expression).fullmatch("a" * 50_000)
    assert Pattern.of(expression).fullmatch("a" * 50_000 + "b")
    assert time.perf_counter() - began < 2
