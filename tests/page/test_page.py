"""The page as a file: what it holds, and what its policy forbids."""

import hashlib
import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from relpro.page.html import make_page
from tests.page.graphs import document_in, made_graph, write_page

FRONTEND = Path(__file__).parents[2] / "relpro" / "page" / "frontend"
BUILT = FRONTEND.parent / "built" / "page.html"


def policy(page: str) -> dict[str, list[str]]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    directives = (one.split() for one in found[1].split(";"))
    return {name: values for name, *values in directives}


def hashes(page: str, tag: str) -> list[str]:
    texts = re.findall(rf"<{tag}(?: id=\"__\w+\")?>(.*?)</{tag}>", page, re.DOTALL)
    digests = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return [f"'sha256-{digest}'" for digest in digests]


@pytest.mark.parametrize(("live", "connect"), [(0, "'none'"), (1, "'self'")])
def test_only_the_script_and_style_of_the_page_itself_are_let_in(live: int, connect: str) -> None:
    page = make_page("title", b"{}", live).decode()
    said = policy(page)
    assert said["default-src"] == ["'none'"]
    assert said["script-src"] == hashes(page, "script")
    assert said["style-src"] == hashes(page, "style")
    assert said["connect-src"] == [connect]
    assert said["require-trusted-types-for"] == ["'script'"]
    assert not re.search(r'(?:src|href)="', page)


def test_the_same_graph_gives_the_same_page(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_page(made_graph(50), tmp_path / name)
        pages.append((tmp_path / name / "page.html").read_bytes())
    assert pages[0] == pages[1]
    assert len(document_in(pages[0])["graphs"][0]["tasks"]) == 50


def test_the_licences_of_what_is_built_in_go_with_every_page() -> None:
    page = make_page("title", b"{}").decode()
    for library in ("cytoscape 3.", "@dagrejs/dagre 3.", "@dagrejs/graphlib 4."):
        assert library in page
    assert page.count("Permission is hereby granted, free of charge") == 3


@pytest.mark.slow
def test_the_built_page_is_what_its_sources_build(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("no npm: the page that is built is taken as it is")
    own = tmp_path / "frontend"
    shutil.copytree(FRONTEND, own, ignore=shutil.ignore_patterns("node_modules", "built-tests"))
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    for command in (install, ["npm", "run", "check"], ["npm", "test"], ["npm", "run", "build"]):
        subprocess.run(command, cwd=own, check=True, capture_output=True)
    assert (tmp_path / "built" / "page.html").read_bytes() == BUILT.read_bytes()
