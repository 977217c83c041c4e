"""A module of the project is imported anew where it, or what it imports of the project, changed."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.compare.code import Code

PACKAGE = "code_of_a_test"

#: What imports what, in every way there is.
FILES = {
    "__init__.py": "",
    "_shared.py": "VALUE = 1\n",
    "absolute.py": f"from {PACKAGE}._shared import VALUE\n",
    "relative.py": "from . import _shared\n",
    "late.py": "def late():\n    from ._shared import VALUE\n    return VALUE\n",
    "second.py": f"import {PACKAGE}.relative\n",
    "found.py": "import importlib\n",
    "apart.py": "VALUE = 2\n",
    "inner/__init__.py": "",
    "inner/deep.py": "from .._shared import VALUE\n",
    "inner/lone.py": "import re\n",
}
ALL = ("absolute", "relative", "late", "second", "found", "apart", "inner.deep", "inner.lone")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    for name, text in FILES.items():
        path = tmp_path / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    sys.path.insert(0, str(tmp_path))
    written = sys.dont_write_bytecode
    yield tmp_path
    sys.path.remove(str(tmp_path))
    sys.dont_write_bytecode = written
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def imported(root: Path, before: Code | None = None) -> Code:
    code = Code.read(root, PACKAGE)
    code.restore(before)
    for name in ALL:
        importlib.import_module(f"{PACKAGE}.{name}")
    return code.imported()


def kept(now: Code, before: Code) -> set[str]:
    short = f"{PACKAGE}."
    names = (name for name, module in now.modules.items() if before.modules[name] is module)
    return {name.removeprefix(short) for name in names}


def edit(root: Path, name: str, text: str) -> None:
    (root / PACKAGE / name).write_text(text)


@pytest.mark.parametrize(
    ("file", "anew"),
    [
        ("_shared.py", {*ALL, "_shared"} - {"apart", "inner.lone"}),
        ("apart.py", {"apart", "found"}),
        ("relative.py", {"relative", "second", "found"}),
        ("inner/__init__.py", {"inner", "inner.deep", "inner.lone", "found"}),
        ("added.py", {"found"}),
    ],
)
def test_what_imports_a_file_is_imported_anew(root: Path, file: str, anew: set[str]) -> None:
    first = imported(root)
    edit(root, file, "VALUE = 3\n")
    second = imported(root, first)
    every = {name.removeprefix(f"{PACKAGE}.") for name in first.modules}
    assert every - kept(second, first) == anew


def test_an_edit_of_the_package_itself_concerns_all(root: Path) -> None:
    first = imported(root)
    edit(root, "__init__.py", "# of all\n")
    assert kept(imported(root, first), first) == set()


def test_what_was_taken_back_is_what_it_was(root: Path) -> None:
    first = imported(root)
    edit(root, "apart.py", "VALUE = 3\n")
    imported(root, first)
    edit(root, "apart.py", FILES["apart.py"])
    third = imported(root, first)
    assert kept(third, first) == {*kept(first, first)}
    assert importlib.import_module(PACKAGE).apart is first.modules[f"{PACKAGE}.apart"]


def test_a_file_of_the_same_size_saved_at_once_is_read_anew(root: Path) -> None:
    first = imported(root)
    for value in (3, 4, 5):
        edit(root, "apart.py", f"VALUE = {value}\n")
        first = imported(root, first)
        assert value == first.modules[f"{PACKAGE}.apart"].VALUE


def test_a_file_that_is_not_python_is_one_that_imports_anything(root: Path) -> None:
    first = imported(root)
    edit(root, "apart.py", "VALUE = (\n")
    second = Code.read(root, PACKAGE)
    second.restore(first)
    assert f"{PACKAGE}.apart" not in sys.modules
    assert f"{PACKAGE}.absolute" in sys.modules
