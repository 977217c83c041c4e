"""`relpro init`: the files that a project starts with."""

import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

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
from relpro.starter.template import StarterFile, starter_files, write_file
from relpro.testing.golden import write_golden
from relpro.testing.pipelines import MakePipeline

#: Where the parameters and the reviewed graphs of a new project are.
_RELEASE, _GRAPHS = "tests/release.yml", "tests/graphs"

#: What is not of the project's own making.
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
    default="minimal",
    show_default=True,
    help="minimal: build, test, sign, upload. full: also locales, updates, gates, ship.",
)
@_answers
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Write only files of such paths. Repeatable.",
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take what is suggested.")
def command(
    root: str, template: str, patterns: tuple[str, ...], yes: bool, **said: str | None
) -> None:
    """Write what a project starts with: kinds, an image, `.taskcluster.yml`, tests.

    What is not said by an option is asked at a terminal, with a suggestion that is made of the
    folder, of git, or of the configuration that is there. Nothing that is there is written over: of
    a project that has kinds, only what runs around them is written, unless --only names more. The
    graphs of a new project are made as well, in tests/graphs, to be reviewed.

    \b
    Examples:
      relpro init
      relpro init --root widget --product widget --platforms linux,mac,windows --yes
      relpro init --template full --locales de,fr,pt-BR --yes
      relpro init --only .taskcluster.yml --only .ci/rehearse.py --yes
    """
    folder = Path(root)
    has_kinds = (folder / "kinds" / "config.yml").is_file()
    config = Project(folder.resolve()).config if has_kinds else None
    answers = _asked(folder, template, config, said, quiet=yes or not sys.stdin.isatty())
    wanted = patterns or (_AROUND if config else ("*",))
    files = [file for file in starter_files(answers) if _is_wanted(file, wanted)]
    if not files:
        raise click.BadParameter("no file of the template has such a path", param_hint="--only")
    for file in files:
        done = "wrote" if write_file(folder, file) else "kept "
        click.echo(f"{done} {file.path}")
    if not config and not patterns:
        _write_graphs(folder, TEMPLATES[template])


def _asked(
    folder: Path,
    template: str,
    config: GraphConfig | None,
    said: Mapping[str, str | None],
    *,
    quiet: bool,
) -> Answers:
    given = {name.replace("_", "-"): value for name, value in said.items() if value is not None}
    offered = suggested(folder, config)
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


def _is_wanted(file: StarterFile, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(file.path, pattern) for pattern in patterns)


def _write_graphs(folder: Path, phases: Iterable[str]) -> None:
    """Write the golden graph of each phase, as the project's test asks for it."""
    make = MakePipeline(Project(folder.resolve()))
    for phase in phases:
        write_golden(make(_RELEASE, phase=phase).morphed.graph, folder / _GRAPHS / phase)
    click.echo(f"wrote {_GRAPHS}/")
