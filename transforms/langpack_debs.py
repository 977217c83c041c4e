"""Takes a chunk of language packs, gives the Debian package that is made of each of them."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each


def add_packages(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """`INPUT_LANGPACKS`, the addresses of the packs, and an artifact for each locale."""
    edge = next(iter(task.upstream))
    locales = task.attributes["chunk_locales"]
    packs = " ".join(f"<{edge}/public/build/{locale}/target.langpack.xpi>" for locale in locales)
    return task.with_worker(
        env={**task.worker.get("env", {}), "INPUT_LANGPACKS": {"artifact-reference": packs}},
        artifacts=[
            {
                "name": f"public/build/{locale}/target.langpack.deb",
                "path": f"/builds/worker/artifacts/{locale}/target.langpack.deb",
                "type": "file",
            }
            for locale in locales
        ],
    )


transforms = (each(add_packages),)
