"""Upload the checksums that an upload left behind."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import each
from transforms._releases import with_release

CANDIDATES = "pub/{product}/candidates/{version}-candidates/build{number}/beetmover-checksums"


def add_checksums(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The checksums file of the upstream upload, and its place beside the candidates."""
    edge, upstream = next(iter(task.upstream.items()))
    artifact = next(name for name in upstream.artifacts if name.endswith(".checksums"))
    locale = task.attributes.get("locale") or "en-US"
    folder = CANDIDATES.format(
        product=task.attributes["shipping_product"],
        version=ctx.parameters.version,
        number=ctx.parameters["build_number"],
    )
    name = f"{task.attributes['build_platform']}/{locale}/firefox-{ctx.parameters.version}.checksums"
    return with_release(ctx, task).with_worker(
        locale=locale,
        upstream_artifacts=[
            {"task": edge, "type": "beetmover", "paths": [artifact], "locale": locale}
        ],
        artifact_map=[
            {
                "task": edge,
                "locale": locale,
                "paths": {
                    artifact: {
                        "destinations": [f"{folder}/{name}"],
                        "checksums-path": f"beetmover-checksums/{name}",
                    }
                },
            }
        ],
    )


transforms = (each(add_checksums),)
