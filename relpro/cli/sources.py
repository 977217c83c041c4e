"""Takes the arguments of `-p`, gives files; remote parameters are fetched first.

    task-id=ID     the parameters that a decision or action task recorded
    project=NAME   the same, of the latest decision of a project
    index=PATH     the same, of the task at an index path
    https://...    a parameters file

They come from the Taskcluster in the environment, and are treated like a folder of decision
artifacts: until the command ends, each is in a folder named after its source.
"""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskids import TASK_ID
from relpro.project import Project

#: The artifact with a task's parameters. Source: relpro.submit.artifacts.
_ARTIFACT = "public/parameters.yml"

#: The timeout in seconds, and the maximum size of an answer.
_PATIENCE, _MOST = 60.0, 32 << 20

_REMEDY = "name a file, or `task-id=ID`, `project=NAME`, `index=PATH`, or an address of https"
_ADDRESSES = ("https://", "http://")
_NAMES = ("task-id=", "project=", "index=")


def at_hand(ctx: click.Context, _param: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """A callback: the arguments, with a folder in place of each remote one.

    Raises `RelproError` (O619, Q702, Q703, Q706) for one that cannot be fetched.
    """
    return fetched(ctx, words, str(ctx.params.get("root", ".")))


def fetched(ctx: click.Context, words: Iterable[str], root: str) -> tuple[str, ...]:
    """The same, for the project of a folder; fetched files are kept until the command ends."""
    return tuple(
        str(_kept(ctx, word, _content(word, root))) if is_elsewhere(word) else word
        for word in words
    )


def is_elsewhere(word: str) -> bool:
    """Whether an argument names remote parameters."""
    return word.startswith((*_ADDRESSES, *_NAMES))


def _content(word: str, root: str) -> bytes:
    if word.startswith(_ADDRESSES):
        return _downloaded(word)
    name, _, what = word.partition("=")
    return _recorded(name, what, root)


def _kept(ctx: click.Context, word: str, content: bytes) -> Path:
    """A folder with the parameters, until the command ends."""
    place = tempfile.TemporaryDirectory(prefix="relpro-parameters-")
    ctx.find_root().call_on_close(place.cleanup)
    named = word.removesuffix("/parameters.yml").rpartition("/")[2] or "parameters"
    folder = Path(place.name, named)
    folder.mkdir()
    (folder / "parameters.yml").write_bytes(content)
    return folder


def _recorded(name: str, what: str, root: str) -> bytes:
    from relpro.cli.taskcluster import open_desk  # noqa: PLC0415 - only for what lies elsewhere

    records = open_desk(datetime.now(UTC), anonymous=True).records
    if name == "task-id":
        if not TASK_ID.fullmatch(what):
            raise _nothing(f"`{what}` is not an id of a task")
        return records.artifact(what, _ARTIFACT)
    path = what
    if name == "project":
        domain = Project.find(Path(root)).config.trust_domain
        path = f"{domain}.v2.{what}.latest.taskgraph.decision"
    task_id = records.find(path)
    if task_id is None:
        raise _nothing(f"no task is indexed at `{path}`")
    return records.artifact(task_id, _ARTIFACT)


def _downloaded(address: str) -> bytes:
    import urllib3  # noqa: PLC0415 - only for what lies elsewhere

    from relpro.submit.access import is_on_loopback  # noqa: PLC0415

    if address.startswith("http://") and not is_on_loopback(address):
        raise _nothing(f"`{address}` could be changed on its way")
    try:
        # A redirect from https to http could be tampered with.
        answer = urllib3.request(
            "GET", address, timeout=_PATIENCE, retries=2, redirect=False, preload_content=False
        )
        content = answer.read(_MOST + 1, decode_content=True)
    except urllib3.exceptions.HTTPError as error:
        raise _nothing(f"`{address}` cannot be had: {error}") from None
    if answer.status != 200:
        raise _nothing(f"`{address}` answers {answer.status}")
    if len(content) > _MOST:
        raise _nothing(f"`{address}` is longer than {_MOST:,} bytes")
    return content


def _nothing(what: str) -> RelproError:
    return RelproError(Diagnostic("O619", what, remedy=_REMEDY))
