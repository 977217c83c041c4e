"""Give a package of all languages the en-US build and the language packs of every locale."""

from collections.abc import Iterator

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import each


def add_inputs(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """`INPUT_PACKAGE`, the address of the build, and `INPUT_LANGPACKS`, those of the packs."""
    (edge, build), *others = task.upstream.items()
    # References to artifacts cannot name an edge by a label, which may have a slash.
    chunks = {f"langpacks-{n}": upstream for n, (_, upstream) in enumerate(others, start=1)}
    packs = (f"<{name}/{file}>" for name, chunk in chunks.items() for file in _langpacks(chunk))
    env = {
        **task.worker.get("env", {}),
        "INPUT_PACKAGE": {"artifact-reference": f"<{edge}/{_package(build)}>"},
        "INPUT_LANGPACKS": {"artifact-reference": " ".join(packs)},
    }
    return task.with_worker(env=env).replace(upstream={edge: build, **chunks})


def _package(build: Task) -> str:
    """What people unpack: a tarball or a zip."""
    return next(name for name in build.artifacts if name.endswith((".tar.xz", ".zip")))


def _langpacks(upstream: Task) -> Iterator[str]:
    return (name for name in upstream.artifacts if name.endswith(".langpack.xpi"))


transforms = (each(add_inputs),)
