"""Takes what is said of the graphs to compare, gives one request for each of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from relpro.compare.generation import Request
from relpro.errors import Diagnostic, RelproError
from relpro.parameters.read import given_values
from relpro.project import Project

_SUFFIXES = {".yml", ".yaml", ".json"}


@attrs.frozen
class Scenario:
    """Parameter files that are read together; `name` is empty where there is only one scenario."""

    name: str
    files: tuple[Path, ...]


def find_scenarios(names: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios of the files and folders given as parameters.

    A folder without a `parameters.yml` of its own holds a scenario in each of its files, and in
    each of its folders that have one; what else is given goes before. Raises `RelproError` (P504)
    for a folder that has none.
    """
    shared: list[Path] = []
    folders: list[Path] = []
    for path in map(Path, names):
        is_set = path.is_dir() and not (path / "parameters.yml").is_file()
        (folders if is_set else shared).append(path)
    if not folders:
        return (Scenario("", tuple(shared)),)
    return tuple(
        Scenario(_name(path), (*shared, path)) for folder in folders for path in _inside(folder)
    )


def _inside(folder: Path) -> list[Path]:
    files = [path for path in folder.iterdir() if path.is_file() and path.suffix in _SUFFIXES]
    found = sorted([*files, *folder.glob("*/parameters.yml")])
    if not found:
        what = f"no parameter file is in `{folder}`"
        raise RelproError(Diagnostic("P504", what, remedy="it may hold `*.yml` or `*.json`"))
    return found


def _name(path: Path) -> str:
    return path.parent.name if path.name == "parameters.yml" else path.stem


def arguments(product: str | None, flavor: str | None, *, fresh: bool) -> list[str]:
    """The words of the command line by which a generation is asked for these."""
    named = (("product", product), ("flavor", flavor))
    words = [f"--{option}={value}" for option, value in named if value]
    return [*words, "--fresh"] if fresh else words


def make_requests(
    project: Project,
    scenarios: Sequence[Scenario],
    assignments: Sequence[str],
    phases: Sequence[str],
    *,
    stage: str,
    arguments: Sequence[str] = (),
) -> Iterator[Request]:
    """One request for each phase of each scenario; without phases, one for each scenario.

    What the parameters leave open is said by the checkout of `project`, on both sides alike.
    """
    for scenario in scenarios:
        values = given_values(scenario.files, assignments, project.config)
        values = values if "head_rev" in values else {**project.checkout, **values}
        for phase in phases or ("",):
            title = " ".join(filter(None, (scenario.name, phase))) or f"{stage} graph"
            own = ("--phase", phase) if phase else ()
            yield Request(title, stage, (*own, *arguments), values)
