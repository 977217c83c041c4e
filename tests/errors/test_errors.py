import difflib
import os
import re
from pathlib import Path

import pytest

from relpro.codes import CATALOGUE
from tests.errors.cases import BASE, CASES, Case, read_cases, run

EVERY = tuple(read_cases())
#: Codes of what only a Taskcluster, an update server or another run can bring about: other tests
#: meet them.
ONLINE = frozenset(
    {
        "O606", "O645", "Q701", "Q702", "Q704", "Q705", "Q708", "Q710", "Q712", "Q714",
        "Q715", "Q716", "Q717", "Q718", "K225", "K237", "K251", "U803", "U811", "U812",
        "U813", "U814", "U815", "U820",
    }
)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"


@pytest.fixture
def golden_update(request: pytest.FixtureRequest) -> bool:
    """Whether to write what is said, not to compare it."""
    asked = request.config.getoption("--golden-update", default=False)
    return bool(asked or os.environ.get("RELPRO_GOLDEN_UPDATE"))


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_every_broken_input_gets_the_message_it_deserves(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    golden_update: bool,
) -> None:
    said = run(case, tmp_path, monkeypatch, capfd)
    assert "Traceback" not in said
    if golden_update:
        case.golden.write_text(said, encoding="utf-8")
    wanted = case.golden.read_text(encoding="utf-8")
    difference = difflib.unified_diff(wanted.splitlines(), said.splitlines(), "golden", "said")
    assert said == wanted, "\n".join(difference)


def test_there_is_no_golden_message_without_a_case() -> None:
    assert {path.stem for path in CASES.glob("*.txt")} <= {case.name for case in EVERY}


def test_a_file_of_ten_megabytes_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    name = "kinds/build/app.yml"
    remark = "# What the widget is made of is told at length in the files beside this one.\n"
    text = remark * 140_000 + (BASE / name).read_text(encoding="utf-8")
    assert len(text) > 10_000_000
    case = Case("large", "A large file.", "graph -p parameters.yml --phase build", {name: text}, {})
    assert run(case, tmp_path, monkeypatch, capfd).startswith("exit 0\n")


def paragraphs() -> dict[str, str]:
    """Code -> what stands under its heading in the page of errors."""
    parts = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part[:4]: part for part in parts}


def test_the_page_of_errors_has_a_paragraph_for_each_code_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^### ([A-Z]\d{3}): (.+)$", page, flags=re.MULTILINE)
    assert dict(found) == CATALOGUE
    assert [code for code, _ in found] == list(CATALOGUE)
    assert len(found) == len(paragraphs())


def test_each_code_has_an_anchor_of_its_own_just_above_its_heading() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.findall(r'^<a id="(\w+)"></a>\n\n### ([A-Z]\d{3}): ', page, re.MULTILINE)
    assert found == [(code.lower(), code) for code in CATALOGUE]
    assert page.count("<a id=") == len(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_paragraph_has_a_message_that_is_really_given(code: str) -> None:
    (example,) = re.findall(r"^```text\n(.+?)\n```$", paragraphs()[code], re.DOTALL | re.MULTILINE)
    assert example.startswith((f"error[{code}]: ", f"warning[{code}]: "))
    if code not in ONLINE:
        messages = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.txt"))]
        assert any(example in said for said in messages)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("graph --parameter x.yml", "--parameter"),
        ("grahp", "grahp"),
        ("graph --phase promot", "promot"),
        ("graph --format yamll", "yamll"),
        ("graph extra", "extra"),
    ],
)
def test_words_of_the_command_line_that_are_unknown_are_named(
    command: str,
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    said = run(Case("usage", "A slip.", command, {}, {}), tmp_path, monkeypatch, capfd)
    assert said.startswith("exit 2\nUsage: relpro")
    assert named in said.splitlines()[-1]
