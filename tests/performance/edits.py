"""Measures what a save costs that `relpro watch` sees, beside a cold run and beside the peer.

`python -m tests.performance.edits` prints a table. Edits and cold runs are taken in turn; the
graphs, the checks and the difference are in both. Memory is that of the process: after its first
generation, and after all edits.
"""

import gc
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click

from relpro.compare.requests import Scenario
from relpro.compare.warm import Asked, Generation, generate
from relpro.goal import Goal
from relpro.graph.difference.difference import diff
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from tests.performance import ours, peer
from tests.performance.environment import ROOT
from tests.performance.measure import Command, run
from tests.performance.races import MODES
from tests.performance.shape import Shape

_EXAMPLE = ROOT / "docs" / "examples" / "release"
_SYNTHETIC, _EDITED = 20_000, 1_000


@attrs.frozen
class Case:
    """What is edited where: a text in a file, by another and back."""

    title: str
    file: str
    old: str
    new: str
    products: tuple[str | None, ...] = (None,)
    phases: tuple[Phase | None, ...] = (Phase.PROMOTE,)

    def prepare(self, root: Path) -> tuple[Asked, ...]:
        """Write the project; gives what is asked of it."""
        if self.is_synthetic:
            shape = Shape.of(_SYNTHETIC - _EDITED)
            ours.write(shape, root)
            ours.write_leaf(shape, round(_EDITED / len(shape.locales)), root)
            scenario = Scenario("", (root / "params.json",))
        else:
            for name in ("kinds", "transforms"):
                shutil.copytree(ROOT / name, root / name)
            scenario = Scenario("", (_EXAMPLE / "parameters.yml", _EXAMPLE / "history.json"))
        pairs = [(product, phase) for product in self.products for phase in self.phases]
        return tuple(Asked(f"{pair}", Goal(pair[1], pair[0]), scenario) for pair in pairs)

    @property
    def is_synthetic(self) -> bool:
        """Whether it is of the release that both tools are measured on."""
        return None in self.phases

    def edit(self, root: Path) -> None:
        """Save the file with the one text in place of the other."""
        path = root / self.file
        text = path.read_text()
        old, new = (self.new, self.old) if self.new in text else (self.old, self.new)
        assert old in text, f"`{old}` is not in {self.file}"
        path.write_text(text.replace(old, new))


_L10N = ("kinds/promote/repackage-l10n.yml", "max-run-time: 3600", "max-run-time: 3700")
CASES = {
    "body": Case("promote, a body of `repackage-l10n`", *_L10N),
    "seen": Case(
        "promote, an attribute of `repackage-l10n`",
        _L10N[0],
        "repackage-type: repackage-l10n",
        "repackage-type: repackage-l10n, of-edit: 'yes'",
    ),
    "build": Case(
        "promote, an attribute of `build`",
        "kinds/build/build.yml",
        "  attributes:\n",
        "  attributes:\n    of-edit: 'yes'\n",
    ),
    "code": Case(
        "promote, a comment in `transforms/repackage.py`", "transforms/repackage.py", "#:", "#::"
    ),
    "all": Case(
        "4 phases of 3 products, a body of `repackage-l10n`",
        *_L10N,
        products=("firefox", "devedition", "firefox-android"),
        phases=tuple(Phase),
    ),
    "synthetic": Case(
        f"{_SYNTHETIC:,} tasks, a body of a kind of {_EDITED:,}",
        "kinds/promote/verify.yml",
        '"max-run-time": 7200',
        '"max-run-time": 7300',
        phases=(None,),
    ),
}


@attrs.frozen
class Cost:
    """Medians of seconds on the wall and of processor, and MiB, of a cold run and of an edit."""

    cold: float
    edit: float
    cold_cpu: float
    edit_cpu: float
    first_peak: float
    peak: float


def measured(case: Case, edits: int, colds: int) -> Cost:
    """What a case costs, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        asked = case.prepare(root)
        last = generate(root, asked)
        base, first_peak = last.graphs, _peak()
        times: dict[str, list[tuple[float, float]]] = {"edit": [], "cold": []}
        for number in range(edits):
            case.edit(root)
            if number * colds // edits != (number + 1) * colds // edits:
                times["cold"].append(_timed(root, asked, None, base)[1])
            last, took = _timed(root, asked, last, base)
            times["edit"].append(took)
        cold, edit = (
            [statistics.median(one) for one in zip(*times[w], strict=True)]
            for w in ("cold", "edit")
        )
        return Cost(cold[0], edit[0], cold[1], edit[1], first_peak, _peak())


def _timed(
    root: Path, asked: Sequence[Asked], last: Generation | None, base: Sequence[TaskGraph]
) -> tuple[Generation, tuple[float, float]]:
    gc.collect()
    gc.freeze()
    wall, cpu = time.perf_counter(), _cpu()
    made = generate(root, asked, last)
    for before, after in zip(base, made.graphs, strict=True):
        diff(before, after)
    return made, (time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    every = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in every)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _rows(names: Sequence[str], edits: int, colds: int) -> Iterator[str]:
    yield "| edit | cold, s | edit, s | edit / cold | MiB, first generation | MiB, in the end |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name in names:
        # A process of its own, for its memory and its transforms.
        command = [sys.executable, "-m", "tests.performance.edits", "--only", name]
        words = ["--edits", str(edits), "--colds", str(colds)]
        ran = subprocess.run([*command, *words], cwd=ROOT, capture_output=True, check=True)
        cost = Cost(**json.loads(ran.stdout))
        ratios = f"{cost.edit / cost.cold:.2f} ({cost.edit_cpu / cost.cold_cpu:.2f})"
        times = f"{cost.cold:.2f} ({cost.cold_cpu:.2f}) | {cost.edit:.2f} ({cost.edit_cpu:.2f})"
        memory = f"{cost.first_peak:.0f} | {cost.peak:.0f}"
        yield f"| {CASES[name].title} | {times} | {ratios} | {memory} |"


def _peers(peers: Path, runs: int) -> Iterator[str]:
    """What the peer takes for the synthetic release, from nothing, in each of its modes."""
    with tempfile.TemporaryDirectory() as folder:
        peer.write(Shape.of(_SYNTHETIC), Path(folder))
        for name, (options, environment) in MODES.items():
            words = ("full", "-p", "params.json", "-J", *options, "-o", "graph.json")
            told = {"TASKCLUSTER_ROOT_URL": "https://tc.example.com", **environment}
            argv = (str(peers / "bin" / "taskgraph"), *words)
            made = [run(Command(name, argv, Path(folder), told)) for _ in range(runs)]
            wall, cpu = (
                statistics.median(values)
                for values in zip(*((r.wall, r.cpu) for r in made), strict=True)
            )
            yield f"{name}, full: {wall:.2f} ({cpu:.2f}) s"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--edits", default=20, help="Edits of each case.")
@click.option("--colds", default=5, help="Cold runs between them.")
@click.option("--case", "names", multiple=True, type=click.Choice(tuple(CASES)), help="Only these.")
@click.option("--only", hidden=True, type=click.Choice(tuple(CASES)))
@click.option("--peer", "peers", type=Path, help="The environment of the peer, to run it as well.")
def main(
    edits: int, colds: int, names: tuple[str, ...], only: str | None, peers: Path | None
) -> None:
    """Measure what saves cost. In brackets are processor times."""
    if only:
        click.echo(json.dumps(attrs.asdict(measured(CASES[only], edits, colds))))
        return
    for row in _rows(names or tuple(CASES), edits, colds):
        click.echo(row)
    for row in _peers(peers, 2) if peers else ():
        click.echo(row)


if __name__ == "__main__":
    main()
