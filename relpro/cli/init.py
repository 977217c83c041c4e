"""`relpro init`: writes the files of a new project."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from relpro.cli import options
from relpro.model.config import GraphConfig
from relpro.project import Project
from relpro.starter.answers import (
    QUESTIONS,
    TEMPLATES,
    Answers,
    faults,
    flavors_of,
    project_of,
    suggested,
)
from relpro.starter.record import Record, is_of, read_record, record_of, write_record
from relpro.starter.template import StarterFile, starter_files, write_file, write_over
from relpro.starter.upgrade import Upgrade, upgrades
from relpro.testing.golden import write_golden
from relpro.testing.pipelines import MakePipeline

#: The parameters and the reviewed graphs of a new project.
_RELEASE, _GRAPHS = "tests/release.yml", "tests/graphs"

#: Files that are not the project's own.
_AROUND = (".taskcluster.yml", ".ci/re*", "README.md")


def _answers(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each question."""
    for question in reversed(QUESTIONS):
        option = click.option(f"--{question.name}", metavar="TEXT", help=f"{question.text}.")
        command = option(command)
    return command


@click.command("init")
@options.root
@click.option(
    "--template",
    type=click.Choice(tuple(TEMPLATES)),
    help="minimal (where none is said): build, test, sign, upload. full: also locales, updates, "
    "gates, ship.",
)
@_answers
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Write only files with such paths. Repeatable.",
)
@click.option("--upgrade", is_flag=True, help="Bring what relpro wrote up to date.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take what is suggested.")
def command(
    root: str,
    template: str | None,
    patterns: tuple[str, ...],
    upgrade: bool,
    yes: bool,
    **said: str | None,
) -> None:
    """Write the files of a new project: kinds, an image, `.taskcluster.yml`, tests.

    At a terminal, missing options are asked for, with defaults from the folder, from git, or from
    an existing configuration. Existing files are never overwritten: in a project that has kinds,
    only the files around them are written, unless --only names more. The graphs of a new project
    are written to tests/graphs, for you to review.

    With --upgrade, `.taskcluster.yml` and scripts that an earlier relpro wrote are updated;
    `.ci/relpro-init.json` records the original texts and answers. The difference is shown first.
    Your changes are kept: if relpro changes the same lines, the file is left alone and relpro's
    version is shown; --only FILE overwrites it. Exit status 1: a file is not up to date.

    \b
    Examples:
      relpro init --upgrade
      relpro init
      relpro init --root widget --product widget --platforms linux,mac,windows --yes
      relpro init --template full --locales de,fr,pt-BR --yes
      relpro init --only .taskcluster.yml --only .ci/rehearse.py --yes
    """
    folder, record = Path(root), read_record(Path(root))
    has_kinds = (folder / "kinds" / "config.yml").is_file()
    config = Project(folder.resolve()).config if has_kinds else None
    known = record if upgrade else None
    template = template or (known.template if known else next(iter(TEMPLATES)))
    quiet = yes or upgrade or not sys.stdin.isatty()
    before = known.answers if known else {}
    answers = _asked(folder, template, config, said, before, quiet=quiet)
    wanted = patterns or (_AROUND if config and not upgrade else ("*",))
    files = [file for file in starter_files(answers) if is_of(file, wanted)]
    if not files:
        raise click.BadParameter("no file of the template has such a path", param_hint="--only")
    if upgrade:
        record = attrs.evolve(record_of(answers), files=record.files if record else {})
        sys.exit(_upgrade(folder, upgrades(folder, files, record, patterns), record, yes=yes))
    _write(folder, files, record or record_of(answers))
    if not config and not patterns:
        _write_graphs(folder, TEMPLATES[template])


def _write(folder: Path, files: Iterable[StarterFile], record: Record) -> None:
    """Write missing files, and record those that relpro upgrades."""
    written = {}
    for file in files:
        if write_file(folder, file):
            click.echo(f"wrote {file.path}")
            written[file.path] = file
        else:
            click.echo(f"kept  {file.path}")
    if ours := {path: file.text for path, file in written.items() if is_of(file)}:
        write_record(folder, record.with_files(ours))


def _upgrade(folder: Path, found: Iterable[Upgrade], record: Record, *, yes: bool) -> int:
    """Show the upgrade of each file, and write it after confirmation. Returns the exit status."""
    every = list(found)
    for one in every:
        click.echo("\n".join((*one.difference(), "")))
    texts = {one.file.path: one for one in every if one.text is not None}
    asks = bool(texts) and not yes and sys.stdin.isatty()
    agreed = yes or (asks and click.confirm(f"Write {', '.join(texts)}?", err=True))
    for one in every:
        if one.text is None:
            click.echo(f"kept  {one.file.path}: {one.why}; `--only {one.file.path}` writes it over")
        elif agreed:
            write_over(folder, attrs.evolve(one.file, text=one.text))
            click.echo(f"wrote {one.file.path}")
        else:
            click.echo(f"would write {one.file.path}")
    if agreed and texts:
        write_record(folder, record.with_files({p: one.wanted for p, one in texts.items()}))
    if not every:
        click.echo("all that relpro wrote is up to date")
    return int(len(texts) < len(every) or (bool(texts) and not agreed))


def _asked(
    folder: Path,
    template: str,
    config: GraphConfig | None,
    said: Mapping[str, str | None],
    before: Mapping[str, str],
    *,
    quiet: bool,
) -> Answers:
    given = {name.replace("_", "-"): value for name, value in said.items() if value is not None}
    offered = {**suggested(folder, config), **before}
    if product := given.get("product"):
        offered = {**offered, "trust-domain": offered["trust-domain"] if config else product[:30]}
    answers = dict(offered) | given
    for question in QUESTIONS:
        if not quiet and template in question.of and question.name not in given:
            default = answers[question.name]
            answers[question.name] = click.prompt(question.text, default=default, err=True)
    for name, fault in faults(answers):
        raise click.BadParameter(fault, param_hint=f"--{name}")
    parts = {question.name: question.parts(answers[question.name]) for question in QUESTIONS}
    product = answers["product"]
    return Answers(
        template,
        product,
        answers["trust-domain"],
        answers["repository"].rstrip("/").removesuffix(".git"),
        answers["branch"],
        parts["platforms"],
        parts["locales"],
        answers["signing-format"],
        project_of(product, config),
        flavors_of(product, template, config),
    )


def _write_graphs(folder: Path, phases: Iterable[str]) -> None:
    """Write the golden graph of each phase, for the project's test."""
    make = MakePipeline(Project(folder.resolve()))
    for phase in phases:
        write_golden(make(_RELEASE, phase=phase).morphed.graph, folder / _GRAPHS / phase)
    click.echo(f"wrote {_GRAPHS}/")
