"""The site that `make site` makes: no warning, every page, every public name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import relpro
from relpro.codes import CATALOGUE
from tests.docs.pages import DOCS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was made with warnings as errors: of links, anchors, directives."""
    made = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--keep-going", f"--doctree-dir={made}/trees"]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(made / "html")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return made / "html"


def test_every_page_is_in_the_site(site: Path) -> None:
    pages = {page.relative_to(DOCS).with_suffix(".html") for page in DOCS.rglob("*.md")}
    examples = {page for page in pages if page.parts[0] == "examples"}
    missing = [str(page) for page in pages - examples if not (site / page).is_file()]
    assert not missing


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "api.html").read_text(encoding="utf-8")
    documented = set(re.findall(r'id="relpro\.(\w+)"', page))
    assert documented >= set(relpro.__all__)


def test_every_error_has_an_anchor_that_its_code_names(site: Path) -> None:
    page = (site / "reference" / "errors.html").read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if f'id="{code.lower()}' not in page] == []
