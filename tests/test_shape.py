"""The shape that the code is held to, as tests: sizes, names, words, and what stays out."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import attrs
import pytest

import relpro
from relpro.run_task import PROGRAMS

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "relpro"
SOURCES = sorted([*ENGINE.rglob("*.py"), *(ROOT / "transforms").rglob("*.py")])
#: Without the projects that tests work on: those are written as their owners would.
TESTS = sorted(
    path
    for path in (ROOT / "tests").rglob("*.py")
    if path.relative_to(ROOT).parts[1] not in {"adopter", "errors"}
)

#: Lines, without the docstring.
LONGEST_FUNCTION = 50
LONG_FUNCTION = 30
USUAL_FUNCTION = 8
LONGEST_FILE = 300

#: Names that say nothing of what a module makes or decides.
EMPTY_NAMES = frozenset({"util", "utils", "common", "base", "helper", "helpers", "core", "misc"})

#: Names of products, and of their parts, that an engine for everybody does not know.
PRODUCTS = re.compile(r"firefox|devedition|mozilla|gecko|fenix|thunderbird", re.IGNORECASE)

#: Where such a name is a fact of Taskcluster, of a scriptworker, or of a dependency, not a choice
#: of ours: (file below relpro/, words, reason). Schemas, which are data, are not searched.
ALLOWED = (
    ("stock/workers/iscript.py", "mac_geckodriver", "a behavior of iscript"),
    ("stock/run.py", "C:/mozilla-build", "where Windows workers have Python"),
    ("workers/scripts/beetmover.py", "mozilla_version", "a package that reads versions of Maven"),
    ("moving/chain.py", "mozilla_taskgraph", "a package of transforms for taskgraph"),
    ("moving/kept_kinds.py", "mozillareleases/", "the image by which taskgraph builds images"),
    ("graph/difference/payloads.py", "mozillareleases/", "the same image"),
    ("stock/workers/addons.py", "addons.mozilla.org", "a scope prefix fixed by addonscript"),
)


@attrs.frozen
class Function:
    """A function and where it stands; `length` is in lines, without its docstring."""

    name: str
    place: str
    length: int


def functions(paths: list[Path]) -> Iterator[Function]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(node.name, f"{shown(path)}:{node.lineno}", _length(node))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    first = node.body[0]
    documented = ast.get_docstring(node) is not None and first.end_lineno is not None
    docstring = first.end_lineno - first.lineno + 1 if documented and first.end_lineno else 0
    return node.end_lineno - node.lineno + 1 - docstring


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """The text files of the repository, as git lists them, new ones too."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode:
        pytest.skip("no git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def test_functions_are_short() -> None:
    every = list(functions(SOURCES))
    lengths = [function.length for function in every]
    assert [f for f in every if f.length > LONGEST_FUNCTION] == []
    assert quantiles(lengths, n=20)[-1] <= LONG_FUNCTION
    assert median(lengths) <= USUAL_FUNCTION


def test_functions_of_tests_are_not_long_either() -> None:
    assert [f for f in functions(TESTS) if f.length > LONGEST_FUNCTION] == []


def test_files_are_short() -> None:
    # Programs that workers run are one file each: nothing else of ours is on their machines.
    programs = set(PROGRAMS.values())
    short = [path for path in SOURCES if path not in programs]
    sizes = {shown(path): len(path.read_text().split("\n")) - 1 for path in short}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_modules_are_named_for_what_they_make_or_decide() -> None:
    every = [*SOURCES, *TESTS]
    names = {part for path in every for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & EMPTY_NAMES == set()


def test_every_module_begins_with_what_it_is() -> None:
    for path in SOURCES:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, f"{shown(path)} has no docstring"
        assert text.split("\n")[0].endswith((".", ":")), f"{shown(path)} begins with no sentence"


def test_every_function_is_annotated() -> None:
    missing = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in [*SOURCES, *TESTS]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _annotated(node)
    ]
    assert missing == []


def _annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    spec = node.args
    given = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    names = [one for one in given if one is not None and one.arg not in {"self", "cls"}]
    return node.returns is not None and all(one.annotation is not None for one in names)


def test_nothing_raises_a_bare_exception() -> None:
    bare = [
        f"{shown(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and _raised(node) in {"Exception", "BaseException"}
    ]
    assert bare == []


def _raised(node: ast.Raise) -> str:
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return called.id if isinstance(called, ast.Name) else ""


def test_nothing_is_copied_to_be_safe() -> None:
    for path in SOURCES:
        assert "deepcopy" not in path.read_text(encoding="utf-8"), shown(path)


def test_the_engine_names_no_product() -> None:
    named = []
    for path in sorted(ENGINE.rglob("*")):
        inside = path.relative_to(ENGINE).as_posix()
        if not path.is_file() or path.suffix not in {".py", ".typed"}:
            continue
        text = path.read_text(encoding="utf-8")
        for file, words, _reason in ALLOWED:
            if file == inside:
                text = text.replace(words, "")
        named += [f"{inside}: {match[0]}" for match in PRODUCTS.finditer(text)]
    assert named == []


def test_what_is_allowed_to_be_named_is_named_somewhere() -> None:
    for file, words, _reason in ALLOWED:
        assert words in (ENGINE / file).read_text(encoding="utf-8"), (file, words)


def test_the_engine_works_without_the_kinds_and_transforms_of_this_repository() -> None:
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(name.split(".")[0] == "transforms" for name in names), shown(path)


#: What betrays the machine on which a file was written. The user of images is `worker`.
_MACHINE = re.compile(r"/(?:(?:home|Users)/(?!worker/)\w+|root|work|tmp/\w+)/|[A-Z]:\\\\Users")
_REGISTRY = re.compile(
    r"\bpypi\.org|files\.pythonhosted|--(?:extra-)?index-url \S|/simple\b/?/?$", re.MULTILINE
)


def test_no_file_names_a_machine_or_a_registry() -> None:
    here = Path(__file__)
    found = []
    for path in tracked():
        if path == here or path.suffix in {".png", ".gz", ".mar"} or path.is_symlink():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [
            f"{shown(path)}: {match[0]}"
            for pattern in (_MACHINE, _REGISTRY)
            for match in pattern.finditer(text)
        ]
    assert found == []


def test_tests_are_sentences() -> None:
    short = [
        f"{shown(path)}: {name}"
        for path in TESTS
        for name in _tests_in(path)
        if len(name.split("_")) < 3
    ]
    assert short == []


def test_every_test_module_tests_something() -> None:
    for path in TESTS:
        assert bool(_tests_in(path)) == path.name.startswith("test_"), shown(path)


def _tests_in(path: Path) -> list[str]:
    return [
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_no_module_takes_the_place_of_a_public_name() -> None:
    modules = {path.stem for path in ENGINE.iterdir() if not path.name.startswith("_")}
    assert not modules & set(relpro.__all__)
