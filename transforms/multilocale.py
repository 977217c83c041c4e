"""Give a package of all languages the en-US build and the language packs of every locale."""

from collections.abc import Iterator

from voluptuous import Required

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `langpacks-of`: the build platform whose language packs go into the package.
MULTILOCALE = Section("multilocale", {Required("langpacks-of"): text}, required=True)

_LANGPACKS = "shippable-l10n-signing"


def add_inputs(ctx: Context, task: TaskDescription) -> TaskDescription:
    """`INPUT_PACKAGE`, the address of the build, and `INPUT_LANGPACKS`, those of the packs."""
    platform = task.sections["multilocale"]["langpacks-of"]
    chunks = [t for t in ctx.upstream[_LANGPACKS] if t.attributes["build_platform"] == platform]
    # References to artifacts cannot name an edge by a label, which may have a slash.
    edges = {f"langpacks-{number}": chunk for number, chunk in enumerate(chunks, start=1)}
    packs = (f"<{edge}/{file}>" for edge, chunk in edges.items() for file in _langpacks(chunk))
    primary = next(iter(task.upstream))
    env = {
        **task.worker.get("env", {}),
        "INPUT_PACKAGE": {
            "artifact-reference": f"<{primary}/public/build/{task.attributes['package']}>"
        },
        "INPUT_LANGPACKS": {"artifact-reference": " ".join(packs)},
    }
    return task.with_worker(env=env).replace(upstream={**task.upstream, **edges})


def _langpacks(upstream: Task) -> Iterator[str]:
    return (name for name in upstream.artifacts if name.endswith(".langpack.xpi"))


transforms = (each(add_inputs, MULTILOCALE),)
