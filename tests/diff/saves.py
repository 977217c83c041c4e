"""Edits projects at random, and holds warm generations against cold ones.

`python -m tests.diff.saves FIRST LAST` makes the edits of these seeds, one after the other: of a
copy of this project, or with `--random` of random ones. It exits with 1 where a generation that
stands on the one before gave anything else than a new one. It is a process of its own, since it
imports transforms again and again.
"""

import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from relpro.compare.requests import Scenario
from relpro.compare.warm import Asked, Generation, generate
from relpro.errors import RelproError, render
from relpro.goal import Goal
from relpro.graph.files import encode
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.yaml.document import read_line
from tests.diff import projects
from tests.fuzz.kinds import PARAMETERS, ROOT, change_file

#: What a generation gave: the bytes of all of it, or the text of its errors.
Outcome = tuple[bytes, ...] | str


def copy(folder: Path) -> Path:
    """A copy of this project's kinds and transforms, and of parameters, in a folder."""
    for name in ("kinds", "transforms"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "parameters.yml").write_text(yaml.safe_dump(PARAMETERS))
    return folder


def asked(root: Path) -> tuple[Asked, ...]:
    """A promotion after its build, and all phases of a release at once."""
    scenario = Scenario("", (root / "parameters.yml",))
    goals = (Goal(phase=Phase.PROMOTE), Goal(flavor="ship_firefox", fresh=True))
    return tuple(Asked(str(at), goal, scenario) for at, goal in enumerate(goals))


def outcome(
    root: Path, every: Sequence[Asked], last: Generation | None
) -> tuple[Outcome, Generation | None]:
    """What comes of the tree by now, and the generation where nothing is wrong with it."""
    try:
        made = generate(root, every, last)
    except RelproError as error:
        return render(error.diagnostics, read_line(root)), None
    return tuple(part for one in made.pipelines for part in _parts(one)), made


def _parts(made: Pipeline) -> Iterator[bytes]:
    yield from made.morphed.texts.values()
    yield encode(made.morphed.label_to_taskid)
    yield encode(made.full.to_json())
    yield repr(made.decisions).encode()


def lines(root: Path, rng: random.Random) -> str:
    """Change lines of a kind or of data in a way that is likely to be right: gives the file."""
    path = rng.choice(sorted((root / "kinds").rglob("*.yml")))
    text = path.read_text().split("\n")
    at = rng.randrange(len(text))
    numbers = [n for n, line in enumerate(text) if line.rstrip().endswith(("00", "1 day"))]
    words = [n for n, line in enumerate(text) if "description: " in line and "'" not in line]
    match rng.randrange(4):
        case 0 if numbers:
            at = rng.choice(numbers)
            text[at] = text[at].rstrip().replace("00", "01").replace("1 day", "2 days")
        case 1 if words:
            text[rng.choice(words)] += " again"
        case 2 if not text[at].startswith((" ", "-")) and text[at]:
            text.insert(at, "# a line of its own")
        case _:
            text[at] = text[at].replace("linux64", "linux")
    path.write_text("\n".join(text))
    return path.relative_to(root).as_posix()


def code(root: Path, rng: random.Random) -> str:
    """Change a transform, or what others import: a comment, or a text in it."""
    path = rng.choice(sorted((root / "transforms").glob("*.py")))
    text = path.read_text()
    texts = [match for match in re.finditer(r'"[a-z -]{3,}/?"', text) if '"""' not in match[0]]
    if texts and rng.random() < 0.6:
        at = rng.choice(texts).end() - 1
        text = f"{text[:at]}{rng.choice('x/-')}{text[at:]}"
    else:
        text += "#\n"
    path.write_text(text)
    return path.relative_to(root).as_posix()


#: Values that parameters may have as well.
_VALUES: Mapping[str, Sequence[Any]] = {
    "owner": ("a@example.com", "b@example.com"),
    "build_number": (1, 2),
    "next_version": ("140.0.6", None),
    "moz_build_date": ("20250715120000", "20250716120000"),
    "build_date": (1752580800, 1752580801),
    "release_history": ({}, PARAMETERS["release_history"]),
    "release_type": ("release", "esr140"),
    "level": ("3", "1"),
}


def parameters(root: Path, rng: random.Random) -> str:
    """Change some parameters."""
    names = rng.sample(sorted(_VALUES), rng.randrange(1, 3))
    values = {**PARAMETERS, **{name: rng.choice(_VALUES[name]) for name in names}}
    (root / "parameters.yml").write_text(yaml.safe_dump(values))
    return "parameters.yml"


def config(root: Path, rng: random.Random) -> str:
    """Change a value of the configuration, or only its lines."""
    path = root / "kinds" / "config.yml"
    text = path.read_text().split("\n")
    at = rng.choice([n for n, line in enumerate(text) if re.search(r": [\w' ]+[\w']$", line)])
    if rng.random() < 0.2:
        text.insert(0, "# another line")
    elif text[at].endswith("'"):
        text[at] = f"{text[at][:-1]}x'"
    else:
        text[at] += rng.choice(("x", "0", " y"))
    path.write_text("\n".join(text))
    return "kinds/config.yml"


def alike(root: Path, rng: random.Random) -> str:
    """Write a value of a kind as another that Python takes for the same."""
    kinds = sorted(path for path in (root / "kinds").rglob("*.yml") if path.name != "config.yml")
    path = rng.choice(kinds)
    text = path.read_text()
    old, new = rng.choice(((": true", ": 1"), (": 1}", ": 1.0}"), (": 1,", ": true,")))
    path.write_text(text.replace(old, new, 1))
    return path.relative_to(root).as_posix()


def edit(root: Path, seed: int) -> str:
    """Change the copy in one way for each seed; gives the name of the file."""
    rng = random.Random(seed)
    ways: tuple[Callable[[Path, random.Random], str], ...] = (
        *(lines,) * 4,
        *(code,) * 2,
        parameters,
        config,
        alike,
        *(change_file,) * 2,
    )
    return rng.choice(ways)(root, rng)


def restore(root: Path, name: str) -> None:
    """Make a file of the copy what it is here."""
    if name == "parameters.yml":
        (root / name).write_text(yaml.safe_dump(PARAMETERS))
    else:
        shutil.copy(ROOT / name, root / name)


#: How many edits were right, and which gave anything else than a new generation.
Told = tuple[int, list[str]]


def ours(first: int, last: int) -> Told:
    """Edit a copy of this project, compare, and keep or take back each edit."""
    right, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        root = copy(Path(folder))
        every = asked(root)
        _, warm = outcome(root, every, None)
        for seed in range(first, last):
            name = edit(root, seed)
            found, made = outcome(root, every, warm)
            if found != outcome(root, every, None)[0]:
                wrong.append(f"seed {seed}: {name}")
            right += made is not None
            warm = made or warm
            if made is None or seed % 3:
                restore(root, name)
    return right, wrong


#: Edits of one random project.
_EDITS = 20


def others(first: int, last: int) -> Told:
    """Edit random projects, each some times, compare, and take back what is wrong."""
    right, wrong = 0, []
    for number in range(first, last, _EDITS):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            names = projects.write(root, number)
            scenario = Scenario("", (root / "parameters.json",))
            goals = [Goal(Phase(name)) for name in ("promote", "push", "ship")]
            every = [Asked(str(goal.phase), goal, scenario) for goal in goals]
            _, warm = outcome(root, every, None)
            for seed in range(number, min(number + _EDITS, last)):
                rng = random.Random(seed)
                name = rng.choice(names)
                before = (root / name).read_bytes()
                if rng.random() < 0.2:
                    projects.write_alike(root, name)
                else:
                    projects.rewrite(root, name, seed)
                found, made = outcome(root, every, warm)
                if found != outcome(root, every, None)[0]:
                    wrong.append(f"seed {seed}: {name} of a random project")
                right += made is not None
                warm = made or warm
                if made is None:
                    (root / name).write_bytes(before)
    return right, wrong


if __name__ == "__main__":
    *words, since, until = sys.argv[1:]
    graphs, differing = (others if words else ours)(int(since), int(until))
    click.echo("\n".join([f"{graphs} graphs", *differing]))
    raise SystemExit(1 if differing else 0)
