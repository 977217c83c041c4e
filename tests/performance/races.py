"""Takes both tools and a shape, gives what each of them costs on it, in one run."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from tests.performance import ours, peer
from tests.performance.environment import ROOT, Tools
from tests.performance.measure import Command, FailedError, Series, interleave, run
from tests.performance.shape import Shape

RELPRO, FLOOR = "relpro", "floor"

#: The race of a diff, which follows that of the generation which it is compared with.
DIFF = "the same, `relpro diff HEAD`"

#: Modes of taskgraph: name -> its options and environment. `-F` leaves out its schema checks.
MODES = {
    "taskgraph": ((), {}),
    "taskgraph, serial": ((), {"TASKGRAPH_SERIAL": "1"}),
    "taskgraph, serial, -F": (("-F",), {"TASKGRAPH_SERIAL": "1"}),
}
STAGES = ("full", "target-graph", "optimized", "morphed")
_ROOT_URL = {"TASKCLUSTER_ROOT_URL": "https://tc.example.com"}
_FLOOR = str(Path(__file__).with_name("floor.py"))


@attrs.frozen
class Race:
    """Commands that do the same, and what they cost. `tasks` is the size of the graph."""

    title: str
    tasks: int
    series: tuple[Series, ...]

    def named(self, name: str) -> Series:
        """The series of a command."""
        return next(one for one in self.series if one.name == name)

    @property
    def ours(self) -> Series:
        """The series of relpro."""
        return self.named(RELPRO)

    @property
    def peer(self) -> Series:
        """The series of taskgraph's fastest mode."""
        return min((one for one in self.series if one.name in MODES), key=lambda one: one.wall)


def generate(
    tools: Tools, work: Path, shape: Shape, runs: int, modes: Sequence[str], *, floor: bool
) -> Race:
    """The race from kinds to morphed JSON. Fails where the tools do not make the same graph."""
    folder = work / f"{shape.size}-{len(shape.platforms)}-{shape.fetches}"
    our_graph = folder / "ours.json"
    ours.write(shape, folder / "ours")
    commands = [_relpro(tools, folder / "ours", our_graph)]
    peer_graph = folder / "peers.json"
    if modes:
        peer.write(shape, folder / "peers")
        commands += [_taskgraph(tools, folder / "peers", peer_graph, mode) for mode in modes]
    if floor:
        run(commands[0])
        objects = folder / "objects"
        subprocess.run([tools.python, _FLOOR, "keep", our_graph, objects], check=True)
        argv = (tools.python, _FLOOR, "write", str(objects), str(folder / "floor.json"))
        commands.append(Command(FLOOR, argv))
    series = interleave(commands, runs)
    if modes:
        _agree(tools, our_graph, peer_graph)
    title = "with fetches" if shape.fetches else "generation"
    return Race(title, shape.size, series)


def _relpro(tools: Tools, folder: Path, graph: Path) -> Command:
    options = ("--stage", "morphed", "-f", "json", "-p", "params.json", "-o", str(graph))
    return Command(RELPRO, (tools.relpro, "graph", *options), folder)


def _taskgraph(tools: Tools, folder: Path, graph: Path, mode: str) -> Command:
    options, environment = MODES[mode]
    argv = (tools.taskgraph, "morphed", "-p", "params.json", "-J", *options, "-o", str(graph))
    return Command(mode, argv, folder, {**_ROOT_URL, **environment})


def _agree(tools: Tools, our_graph: Path, peer_graph: Path) -> None:
    argv = (tools.python, "-m", "tests.performance.agree", str(our_graph), str(peer_graph))
    run(Command("agree", argv, ROOT))


def start(tools: Tools, runs: int) -> Race:
    """What a command costs that does nothing."""
    commands = (
        Command(RELPRO, (tools.relpro, "--help")),
        Command("taskgraph", (tools.taskgraph, "--help")),
        Command("python -c pass", (tools.python, "-c", "pass")),
    )
    return Race("start", 0, interleave(commands, runs))


def release(tools: Tools, work: Path, runs: int, real: Path | None) -> Iterator[Race]:
    """The first adopter's own graphs; where `real` is at hand, of a real release at every stage.

    What cannot be run is told, and left out.
    """
    graph = ("graph", "-f", "json", "-o", str(work / "release.json"))
    example = ROOT / "docs" / "examples" / "release"
    inputs = ("-p", str(example / "parameters.yml"), "-p", str(example / "history.json"))
    promote: tuple[str, ...] = ("--phase", "promote", *inputs)
    yield from _release(
        tools,
        runs,
        {"example release, promote": (*graph, *promote), DIFF: ("diff", "HEAD", *promote)},
    )
    if real is None or not real.is_dir():
        return
    changesets = f"l10n_changesets=@{real / 'l10n-changesets.json'}"
    recorded = ("-p", str(real / "promote" / "parameters.yml"), "--param", changesets)
    promote = ("--phase", "promote", "--product", "firefox", *recorded)
    for stage in STAGES:
        title = f"{real.name}, promote, {stage}"
        yield from _release(tools, runs, {title: (*graph, "--stage", stage, *promote)})
    plan = ("plan", "-o", str(work / "plan.json"))
    yield from _release(tools, runs, {"the same, `relpro plan`": (*plan, *promote)})


def _release(
    tools: Tools, runs: int, words_by_title: Mapping[str, Sequence[str]]
) -> Iterator[Race]:
    """A race for each command; those that are given together are run in turn."""
    commands = [Command(RELPRO, (tools.relpro, *words), ROOT) for words in words_by_title.values()]
    try:
        every = interleave(commands, runs)
    except FailedError as failure:
        sys.stderr.write(f"left out: {', '.join(words_by_title)}: {failure}\n")
        return
    for (title, words), series in zip(words_by_title.items(), every, strict=True):
        tasks = _lines(Path(words[words.index("-o") + 1])) - 2 if words[0] == "graph" else 0
        yield Race(title, tasks, (series,))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
