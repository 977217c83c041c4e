"""`relpro explain` prints what the page of errors says, wherever relpro is installed."""

import re
from pathlib import Path

import pytest

from relpro.codes import CATALOGUE
from tests.cli.conftest import Run


def test_a_code_is_explained_by_its_section_and_no_other(relpro: Run) -> None:
    ran = relpro("explain", "K203")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("K203: a key is unknown, or cannot be one\n")
    assert "\nerror[K203]: " in ran.out
    assert ran.out.rstrip().endswith("```")
    assert "###" not in ran.out
    assert "<a id" not in ran.out
    assert "](" not in ran.out


def test_each_code_of_the_catalogue_has_its_section(relpro: Run) -> None:
    for code, meaning in CATALOGUE.items():
        ran = relpro("explain", code)
        assert ran.out.startswith(f"{code}: {meaning}\n\n")
        assert len(re.findall(r"\n(?:error|warning)\[", ran.out)) == 1, code


@pytest.mark.parametrize("written", ["k203", "error[K203]", "error[K203]:", "[K203]"])
def test_a_code_may_be_pasted_from_a_message(relpro: Run, written: str) -> None:
    assert relpro("explain", written).out == relpro("explain", "K203").out


def test_without_a_code_all_are_listed(relpro: Run) -> None:
    lines = relpro("explain").out.splitlines()
    assert [line[:4] for line in lines] == list(CATALOGUE)


def test_an_unknown_code_is_refused_with_what_was_meant(relpro: Run) -> None:
    ran = relpro("explain", "K999")
    assert (ran.code, ran.out) == (2, "")
    assert "no error has the code `K999`: `relpro explain` lists the codes" in ran.err


def test_it_needs_no_project(relpro: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert relpro("explain", "Y101").code == 0
