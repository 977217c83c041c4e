import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.errors import RelproError
from relpro.project import Project

CONFIG = """
trust-domain: widgets
products: [widget]
transforms-package: tests_project_transforms
workers: {aliases: {}}
target-tasks-method: default
target-methods: {default: {}}
parameters: {inputs: {version: {file: data/version.txt}}}
"""
PACKAGE = "tests_project_transforms"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield make(tmp_path / "one")
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def make(root: Path) -> Path:
    for folder in ("kinds/build", "kinds/data", PACKAGE):
        (root / folder).mkdir(parents=True)
    (root / "kinds/config.yml").write_text(CONFIG, encoding="utf-8")
    (root / "kinds/data/version.txt").write_text("1.0\n", encoding="utf-8")
    (root / "kinds/build/app.yml").write_text("description: x\n", encoding="utf-8")
    (root / PACKAGE / "__init__.py").write_text("", encoding="utf-8")
    return root


def test_a_project_is_found_from_any_folder_in_it(root: Path) -> None:
    assert Project.find(root).root == root
    assert Project.find(root / "kinds" / "build").root == root


def test_where_no_project_is_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(RelproError, match="K210"):
        Project.find(tmp_path)


def test_a_folder_that_does_not_exist_is_no_place_to_look(root: Path) -> None:
    with pytest.raises(RelproError, match=r"K210.*there is no folder"):
        Project.find(root / "nowhere")


def test_a_project_reads_its_files(root: Path) -> None:
    project = Project.find(root)
    assert project.config.trust_domain == "widgets"
    assert list(project.kinds) == ["app"]
    assert project.inputs == {"version": "1.0"}
    assert project.data("version.txt").data == "1.0"
    assert project.read_line("kinds/build/app.yml", 1) == "description: x"


def test_a_data_file_is_read_once(root: Path) -> None:
    project = Project.find(root)
    (root / "kinds/data/x.yml").write_text("a: 1\n", encoding="utf-8")
    assert project.data("x.yml") is project.data("x.yml")
    with pytest.raises(RelproError, match="P504"):
        project.data("none.yml")


def test_paths_are_shown_relative_to_the_root_where_they_lie_below_it(root: Path) -> None:
    project = Project.find(root)
    assert project.relative(str(root / "kinds" / "x.yml")) == "kinds/x.yml"
    assert project.relative("/elsewhere/x.py") == "/elsewhere/x.py"
    assert project.relative("x.yml") == "x.yml"


def test_transforms_are_imported_from_the_root_and_once(root: Path) -> None:
    path = list(sys.path)
    Project.find(root).import_transforms()
    module = sys.modules[PACKAGE]
    Project.find(root).import_transforms()
    assert sys.modules[PACKAGE] is module
    assert list(module.__path__) == [str(root / PACKAGE)]
    assert sys.path == path


def test_a_second_project_in_one_process_is_refused(root: Path, tmp_path: Path) -> None:
    Project.find(root).import_transforms()
    with pytest.raises(RelproError, match="another project"):
        Project.find(make(tmp_path / "two")).import_transforms()


def test_a_project_may_do_without_transforms(root: Path) -> None:
    (root / PACKAGE / "__init__.py").unlink()
    Project.find(root).import_transforms()
    assert PACKAGE in sys.modules, "a folder without `__init__.py` is a package too"
    (root / PACKAGE).rmdir()
    del sys.modules[PACKAGE]
    Project.find(root).import_transforms()
    assert PACKAGE not in sys.modules


def test_a_package_that_fails_is_told_with_its_line_and_can_be_tried_again(root: Path) -> None:
    initial = root / PACKAGE / "__init__.py"
    initial.write_text("A = 1\nB = {}['b']\n", encoding="utf-8")
    with pytest.raises(RelproError) as caught:
        Project.find(root).import_transforms()
    (problem,) = caught.value.diagnostics
    assert (problem.code, str(problem.where[0])) == ("K207", f"{PACKAGE}/__init__.py:2")
    assert PACKAGE not in sys.modules
