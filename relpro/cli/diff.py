"""`relpro diff`: what an edit does to the graphs."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import attrs
import click
import orjson

from relpro.cli import options
from relpro.cli.plain import plain, styled
from relpro.compare.generation import Request, Tree
from relpro.compare.requests import arguments, find_scenarios, make_requests
from relpro.compare.revision import merge_base
from relpro.compare.sides import (
    Compared,
    Revision,
    Side,
    Written,
    compare,
    find_side,
    working_tree,
)
from relpro.graph.difference.ignored import of_taskgraph, without
from relpro.graph.difference.report import Report, make_report
from relpro.graph.difference.text import text_lines, to_data, write_markdown
from relpro.project import Project

_STAGES = ("full", "target", "target-graph", "optimized", "morphed")
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True},
    "risk": {"fg": "red", "bold": True},
    "+": {"fg": "green"},
    "-": {"fg": "red"},
    "~": {"fg": "yellow"},
    ">": {"fg": "cyan"},
}

Differences = Sequence[Compared]


@click.command("diff")
@click.argument("base", required=False, callback=options.not_empty)
@click.argument("other", required=False, callback=options.not_empty)
@options.generations("A phase of the release to compare")
@click.option(
    "--stage",
    type=click.Choice(_STAGES),
    help="Which graph to compare; by default the optimized one, without phase the full one.",
)
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(["text", "markdown", "json", "html"]),
    default="text",
    help="The output: markdown for a comment on a pull request, html for a page.",
)
@click.option(
    "--ignore",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Hide changes at this path, as printed, and below it; `*` is any text.",
)
@click.option(
    "--by-design/--no-by-design",
    default=None,
    help="Hide what relpro does otherwise by design; by default if BASE is of taskgraph.",
)
@click.option("--full", is_flag=True, help="Name every task, and show all of every value.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something differs.")
def command(
    base: str | None,
    other: str | None,
    style: str,
    paths: tuple[str, ...],
    by_design: bool | None,
    full: bool,
    exit_code: bool,
    stage: str | None,
    phases: tuple[str, ...],
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    root: str,
    **goal: Unpack[options.OfPhases],
) -> Differences:
    """Show what an edit does to every graph.

    BASE and OTHER are each a revision, a graph file, a folder of decision artifacts, or another
    checkout. The default of BASE is the merge base with the main branch, that of OTHER the working
    tree. The graph of a revision is made with its own kinds, transforms and relpro, in a temporary
    worktree: your tree and your branches are not changed.

    With -p DIR, if DIR has no parameters.yml itself, there is one section for every parameters file
    in it.

    \b
    Examples:
      relpro diff
      relpro diff --phase promote -p parameters.yml
      relpro diff main --phase promote --phase ship --format markdown
      relpro diff artifacts-of-the-base artifacts --exit-code
      relpro diff --ignore metadata --ignore 'payload.env.*'
      relpro diff --phase promote --format html > diff.html
    """
    options.check_goal(phases, goal["product"], goal["flavor"])
    sides = _sides(base, other, root)
    requests = _requests(sides, stage, phases, parameter_files, assignments, root, goal)
    written = all(isinstance(side, Written) for side in sides)
    project = Path() if written else Project.find(Path(root)).root
    found = list(compare(*sides, requests, project))
    found = list(_without(found, paths, by_design=by_design))
    _print(found, style, full)
    for doubts in dict.fromkeys(one.doubts for one in found if one.doubts):
        click.echo(doubts, err=True)
    if exit_code and any(one.difference for one in found):
        sys.exit(1)
    return found


def _without(found: Differences, paths: tuple[str, ...], *, by_design: bool | None) -> Differences:
    if by_design is None:
        by_design = any(of_taskgraph(one.difference) for one in found)
    if not paths and not by_design:
        return found
    left = [without(one.difference, paths, by_design=by_design) for one in found]
    count = sum(one.count for one in left)
    why = ", which differ from taskgraph by design" if by_design and not paths else ""
    click.echo(f"{count:,} changes left out{why}", err=True)
    return [
        attrs.evolve(one, difference=rest.difference) for one, rest in zip(found, left, strict=True)
    ]


def _sides(base: str | None, other: str | None, root: str) -> tuple[Side, Side]:
    folder = Path(root)
    if base is None:
        commit = merge_base(folder)
        return Revision(commit, f"the merge base {commit[:12]}"), working_tree(folder)
    after = find_side(other, folder) if other else working_tree(folder)
    return find_side(base, folder), after


def _requests(
    sides: tuple[Side, Side],
    stage: str | None,
    phases: tuple[str, ...],
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    root: str,
    goal: options.OfPhases,
) -> list[Request]:
    written = [side.path for side in sides if isinstance(side, Written)]
    if len(written) == 2:
        return [Request("graph", stage or "morphed")]
    if written and not parameter_files and (written[0] / "parameters.yml").is_file():
        if phases or goal["flavor"] or goal["fresh"]:
            what = f"the parameters in `{written[0]}` say what its graph is of"
            raise click.UsageError(f"{what}: leave out phase, flavor and --fresh, or name others")
        parameter_files = (str(written[0]),)
    if stage is None:
        asked = phases or goal["flavor"] or parameter_files
        stage = "morphed" if written else "optimized" if asked else "full"
    tree = next((side for side in sides if isinstance(side, Tree)), None)
    project = Project(tree.root) if tree else Project.find(Path(root))
    words = arguments(goal["product"], goal["flavor"], fresh=goal["fresh"])
    scenarios = find_scenarios(parameter_files)
    return list(
        make_requests(project, scenarios, assignments, phases, stage=stage, arguments=words)
    )


def _print(found: Differences, style: str, full: bool) -> None:
    if style == "json":
        data = [to_data(one.request.title, one.difference) for one in found]
        click.echo(orjson.dumps({"graphs": data}, option=orjson.OPT_INDENT_2))
        return
    if style == "html":
        click.echo(_page(found), nl=False)
        return
    reports = [make_report(one.difference, one.request.title, full) for one in found]
    if style == "markdown":
        click.echo(write_markdown(reports, full), nl=False)
        return
    print_text(reports, full)


def print_text(reports: Iterable[Report], full: bool) -> None:
    """Print reports for people, in colors if the terminal has any."""
    for place, report in enumerate(reports):
        if place:
            click.echo()
        for sort, line in text_lines(report, full):
            click.echo(click.style(plain(line), **_STYLES.get(sort, {})), file=styled(sys.stdout))


def _page(found: Differences) -> bytes:
    from relpro.page.document import of_difference, page_of  # noqa: PLC0415 - only for a page

    title = f"what differs: {', '.join(one.request.title for one in found)}"
    shown = (of_difference(one.request.title, one.after, one.difference) for one in found)
    return page_of(title, shown)
