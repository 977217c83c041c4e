"""Takes a thing to add and its name, gives its files and rows, and a test that fails at first.

Rules and strategies are added to relpro itself.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from relpro.codes import CATALOGUE
from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.starter.template import TEMPLATES, StarterFile, filled

_NEW: Final = TEMPLATES / "new"

#: The names of things: of their files and, with underscores, of their functions.
NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@attrs.frozen
class Row:
    """Lines to add to a file: to the block between the line `opens` and the line `closes`.

    They are added at its end or, if it `is_sorted`, in alphabetical order. Without `closes`, the
    block reaches to the end of the file.
    """

    file: str
    opens: str
    closes: str
    text: str
    is_sorted: bool = False

    def put_into(self, text: str) -> str:
        """The text of the file with the lines added."""
        lines = text.split("\n")
        start = lines.index(self.opens) + 1
        rest = lines[start:]
        end = start + rest.index(self.closes) if self.closes else len(lines)
        block = [at for at in range(start, end) if lines[at]]
        after = [at for at in block if self.is_sorted and lines[at] > self.text]
        at = after[0] if after else (block[-1] + 1 if block else end)
        return "\n".join((*lines[:at], self.text, *lines[at:]))


@attrs.frozen
class Thing:
    """Something to add. `meaning` says what it is, `then` what to do once its files are written.

    Its files are those of the template of its `name`; `rows` go into files of relpro.
    """

    name: str
    meaning: str
    then: str
    rows: tuple[Row, ...] = ()


THINGS: Final = (
    Thing(
        "kind",
        "A kind of tasks, and a test of the labels that it makes.",
        "fill in the kind, and run its test",
    ),
    Thing(
        "transform",
        "A transform with a section, and a test of what it changes.",
        "name it in a kind: `transforms: [...]`, and run its test",
    ),
    Thing(
        "rule",
        "A verification of relpro, with its error code and its section.",
        "write the rule and its section, run its test and `make docs`, add a golden case",
        (
            Row(
                "relpro/verify/rules.py",
                "from relpro.verify import (",
                ")",
                "    __function__,",
                True,
            ),
            Row(
                "relpro/verify/rules.py",
                "TASK_RULES: tuple[Rule, ...] = (",
                ")",
                "    __function__.__function__,",
            ),
            Row(
                "relpro/codes.py",
                "    # G: the graph",
                "    # P: parameters",
                '    "__code__": "say what is wrong",',
            ),
            Row(
                "docs/reference/errors.md",
                "## G: The graph",
                "## P: Parameters",
                '\n<a id="__anchor__"></a>\n\n### __code__: say what is wrong\n\n'
                "Say what to do.\n\n```text\nerror[__code__]: the message as it is printed\n```",
            ),
        ),
    ),
    Thing(
        "strategy",
        "An optimization strategy of relpro.",
        "write the strategy and what its row says of it, run its test, and `make docs`",
        (
            Row(
                "relpro/optimize/offered.py",
                "import attrs",
                "Strategy = Callable[[Task, Any, Parameters], Outcome]",
                "from relpro.optimize.__function__ import __function__",
                True,
            ),
            Row(
                "relpro/optimize/offered.py",
                "STRATEGIES = (",
                ")",
                '    Offered(\n        "__thing__",\n        "null",\n        "__meaning__",\n'
                "        _no_argument,\n        lambda _find, _paths: __function__,\n    ),",
            ),
            Row(
                "docs/reference/strategies.md",
                "| --- | --- | --- |",
                "",
                "| `__thing__` | null | __meaning__ |",
            ),
        ),
    ),
)

BY_NAME: Final[Mapping[str, Thing]] = {thing.name: thing for thing in THINGS}


def scaffold(
    thing: Thing, name: str, phase: str, root: Path, config: GraphConfig
) -> tuple[StarterFile, ...]:
    """The files to write: new ones, and existing ones with their rows added.

    Raises `RelproError`: M905 if a new file exists already, M906 outside of relpro's own
    repository for what is part of relpro.
    """
    words = _words(name, phase, root, config)
    rows = [attrs.evolve(row, text=filled(row.text, words)) for row in thing.rows]
    if lacking := [row.file for row in rows if not (root / row.file).is_file()]:
        what = f"a {thing.name} is part of relpro itself, and there is no `{lacking[0]}` here"
        remedy = "name a function of your own under `verifications`, `optimization-strategies`"
        raise RelproError(Diagnostic("M906", what, remedy=f"{remedy} of `kinds/config.yml`"))
    new = tuple(_new_files(thing, words))
    if there := [file.path for file in new if (root / file.path).exists()]:
        what = f"`{there[0]}` is there already"
        raise RelproError(
            Diagnostic("M905", what, (Origin(there[0]),), remedy="choose another name")
        )
    return (*new, *_changed_files(rows, root))


def _new_files(thing: Thing, words: Mapping[str, str]) -> Iterator[StarterFile]:
    folder = _NEW / thing.name
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            where = filled(path.relative_to(folder).as_posix(), words)
            yield StarterFile(where, filled(path.read_text(encoding="utf-8"), words), False)


def _changed_files(rows: list[Row], root: Path) -> Iterator[StarterFile]:
    texts: dict[str, str] = {}
    for row in rows:
        before = texts.get(row.file) or (root / row.file).read_text(encoding="utf-8")
        texts[row.file] = row.put_into(before)
    return (StarterFile(file, text, False) for file, text in texts.items())


def _words(name: str, phase: str, root: Path, config: GraphConfig) -> Mapping[str, str]:
    """The values of the placeholders in templates."""
    last = max(code for code in CATALOGUE if code.startswith("G"))
    code = f"G{int(last[1:]) + 1}"
    first = sorted(config.workers, key=lambda one: config.workers[one].implementation != "succeed")
    return {
        "thing": name,
        "function": name.replace("-", "_"),
        "code": code,
        "anchor": code.lower(),
        "phase": phase,
        "product": config.products[0],
        "package": config.transforms_package,
        "tests": "tests/kinds" if (root / "tests" / "kinds").is_dir() else "tests",
        "worker_type": next(iter(first), "say-which"),
        "meaning": "Say what becomes of a task.",
    }
