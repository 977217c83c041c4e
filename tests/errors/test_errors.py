import difflib
import os
import re
from pathlib import Path

import pytest

from relpro.errors import CATALOGUE
from tests.errors.cases import BASE, CASES, Case, read_cases, run

EVERY = tuple(read_cases())
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


def test_the_page_of_errors_has_a_paragraph_for_each_code_and_no_other() -> None:
    found = re.findall(r"^### ([A-Z]\d{3}): (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(found) == CATALOGUE
    assert [code for code, _ in found] == list(CATALOGUE)
