"""The Taskcluster in the environment, for commands."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from relpro.actions.actions_json import read_template, render_actions
from relpro.actions.every import actions_for
from relpro.cli import options
from relpro.cli.progress import progress_bar
from relpro.errors import Diagnostic, RelproError
from relpro.morph.morph import OFFLINE_ROOT_URL
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import Desk
from relpro.plan.records import NoRecords, Records

env_prefix = click.option(
    "--env-prefix",
    metavar="PREFIX",
    help="Prefix of the event's variables; by default that of the configuration.",
)
now = click.option(
    "--now",
    metavar="DATE",
    help="Use this time (ISO 8601) instead of the clock.",
)
artifacts = click.option(
    "--artifacts",
    metavar="DIR",
    callback=options.not_empty,
    help="Recorded artifacts, DIR/<task id>/public/...; a dry run then asks no Taskcluster.",
)
folder = click.option(
    "--output-dir",
    default="artifacts/public",
    show_default=True,
    metavar="DIR",
    help="Where to write the artifacts of the task.",
)


def said_folder() -> Path | None:
    """The value of `folder` if the option was given on the command line."""
    context = click.get_current_context()
    is_said = context.get_parameter_source("output_dir") is ParameterSource.COMMANDLINE
    return Path(context.params["output_dir"]) if is_said else None


#: The allowed years of a `--now`.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def moment(date: str | None) -> datetime:
    """The time in `--now`, or now, with a time zone. Raises `RelproError` (P501)."""
    if date is None:
        return datetime.now(UTC)
    try:
        when = datetime.fromisoformat(date)
    except ValueError:
        raise RelproError(Diagnostic("P501", f"`--now` is `{date}`, which is not a date")) from None
    if not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        why = f"the years {_FIRST_YEAR} to {_LAST_YEAR} are dates that tasks can have"
        raise RelproError(Diagnostic("P501", f"`--now` is in the year {when.year}", why=why))
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def root_url() -> str:
    """The URL of Taskcluster, for the bodies of tasks."""
    return os.environ.get("TASKCLUSTER_ROOT_URL", OFFLINE_ROOT_URL)


def is_at_hand() -> bool:
    """Whether the environment names a Taskcluster."""
    names = ("TASKCLUSTER_ROOT_URL", "TASKCLUSTER_PROXY_URL")
    return any(os.environ.get(name) for name in names)


def open_records(recorded: str | None, when: datetime) -> Records:
    """Recorded artifacts, if a folder is named; else Taskcluster, if it is set; else nothing."""
    if recorded:
        from relpro.plan.recorded import RecordedTaskcluster  # noqa: PLC0415

        return RecordedTaskcluster(Path(recorded))
    return open_desk(when, anonymous=True).records if is_at_hand() else NoRecords()


def with_artifacts(records: Records, folder: str | None) -> Records:
    """Records with artifacts from a folder, if one is named."""
    if not folder:
        return records
    from relpro.plan.recorded import RecordedParts, RecordedTaskcluster  # noqa: PLC0415

    return RecordedParts(records, artifacts=RecordedTaskcluster(Path(folder)))


def with_index(records: Records, index: Mapping[str, str] | None) -> Records:
    """Records with the recorded index, if there is one."""
    if index is None:
        return records
    from relpro.plan.recorded import RecordedParts  # noqa: PLC0415

    return RecordedParts(records, index=index)


def open_desk(when: datetime, *, anonymous: bool = False) -> Desk:
    """The Taskcluster in the environment. Raises `Unreachable` (Q703).

    For a person, an outage is reported soon; creating tasks always outlasts one.
    """
    from relpro.plan.remote import RemoteTaskcluster  # noqa: PLC0415 - network code loads slowly
    from relpro.submit.access import Access  # noqa: PLC0415
    from relpro.submit.connection import Connection  # noqa: PLC0415
    from relpro.submit.patience import MOMENT, OUTAGE, Patience  # noqa: PLC0415
    from relpro.submit.queue import Queue  # noqa: PLC0415

    task_id = os.environ.get("TASK_ID", "")
    access = Access.from_environment(os.environ, anonymous=anonymous)
    asking = Connection(access, Patience(OUTAGE if task_id else MOMENT))
    records = RemoteTaskcluster.at(Queue(asking), when, task_id)
    creating = Queue(asking.with_patience(Patience(OUTAGE)))
    return Desk(records, creating, when, progress_bar("creating tasks"))


def actions_of(pipeline: Pipeline) -> Mapping[str, Any]:
    """The content of `actions.json` for a generation."""
    pipeline.project.import_transforms()  # the project may have actions of its own
    return render_actions(
        actions_for(pipeline.config),
        pipeline.parameters,
        pipeline.config,
        template=read_template(pipeline.project.root),
        task_group_id=pipeline.creator,
    )
