"""Takes the options of a comparison, gives one request for each graph to compare."""

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
    """Parameter files that are read together; `name` is empty if there is only one scenario."""

    name: str
    files: tuple[Path, ...]


def find_scenarios(names: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios in the given parameter files and folders.

    In a folder without `parameters.yml`, each file is a scenario, and so is each subfolder that has
    a `parameters.yml`; the other given files are read before it. Raises `RelproError` (P504) for a
    folder without scenarios.
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
    """The command-line arguments for a generation with these values."""
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

    Parameters that are not given come from the checkout of `project`, for both sides.
    """
    for scenario in scenarios:
        values = given_values(scenario.files, assignments, project.config).values
        values = values if "head_rev" in values else {**project.checkout, **values}
        for phase in phases or ("",):
            title = " ".join(filter(None, (scenario.name, phase))) or f"{stage} graph"
            own = ("--phase", phase) if phase else ()
            yield Request(title, stage, (*own, *arguments), values)
