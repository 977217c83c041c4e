"""Takes the packages of every platform for the store, gives them to it in one task."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each


def add_packages(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One upstream artifact for each platform; what describes but one of them is dropped."""
    packages = [
        {"task": edge, "type": "repackage", "paths": ["public/build/target.store.msix"]}
        for edge in task.upstream
    ]
    kept = {
        name: value
        for name, value in task.attributes.items()
        if name not in ("build_platform", "build_type", "stub_installer")
    }
    return task.with_worker(upstream_artifacts=packages).replace(attributes=kept)


transforms = (each(add_packages),)
