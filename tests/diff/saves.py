"""Edits a copy of this project at random, and holds warm generations against cold ones.

`python -m tests.diff.saves FIRST LAST` makes the edits of these seeds, one after the other, and
exits with 1 where a generation that stands on the one before gave anything else than a new one.
It is a process of its own, since it imports transforms again and again.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

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


def outcome(root: Path, last: Generation | None) -> tuple[Outcome, Generation | None]:
    """What comes of the tree by now, and the generation where nothing is wrong with it."""
    try:
        made = generate(root, asked(root), last)
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
    """Change a transform: a comment, or what its first text says."""
    path = rng.choice(sorted((root / "transforms").glob("*.py")))
    text = path.read_text()
    path.write_text(text.replace("public/", "public//", 1) if rng.random() < 0.5 else f"{text}#\n")
    return path.relative_to(root).as_posix()


def parameters(root: Path, rng: random.Random) -> str:
    """Change a parameter."""
    values = {**PARAMETERS, "owner": rng.choice(("a@example.com", "b@example.com")), "level": "3"}
    (root / "parameters.yml").write_text(yaml.safe_dump(values))
    return "parameters.yml"


def edit(root: Path, seed: int) -> str:
    """Change the copy in one way for each seed; gives the name of the file."""
    rng = random.Random(seed)
    ways: tuple[Callable[[Path, random.Random], str], ...] = (
        *(lines,) * 5,
        code,
        parameters,
        *(change_file,) * 3,
    )
    return rng.choice(ways)(root, rng)


def restore(root: Path, name: str) -> None:
    """Make a file of the copy what it is here."""
    if name == "parameters.yml":
        (root / name).write_text(yaml.safe_dump(PARAMETERS))
    else:
        shutil.copy(ROOT / name, root / name)


def main(first: int, last: int) -> tuple[int, list[str]]:
    """Edit, compare, and keep or take back each edit; gives how many were right, which differ."""
    sys.dont_write_bytecode = True
    right, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        root = copy(Path(folder))
        _, warm = outcome(root, None)
        for seed in range(first, last):
            name = edit(root, seed)
            found, made = outcome(root, warm)
            if found != outcome(root, None)[0]:
                wrong.append(f"seed {seed}: {name}")
            right += made is not None
            warm = made or warm
            if made is None or seed % 3:
                restore(root, name)
    return right, wrong


if __name__ == "__main__":
    graphs, differing = main(int(sys.argv[1]), int(sys.argv[2]))
    click.echo("\n".join([f"{graphs} graphs", *differing]))
    raise SystemExit(1 if differing else 0)
