"""Takes a task for a release, applies taskgraph's transforms for releases."""

from typing import Any

from relpro.moving.merged import chosen, merge, without
from relpro.moving.setting import Setting
from relpro.moving.texts import formatted, variable_named

Data = dict[str, Any]


def release_artifacts(data: Data, setting: Setting) -> Data:
    """The artifacts of the worker, and the attribute that later kinds read."""
    said = data.get("release-artifacts")
    made = without(data, "release-artifacts")
    if not isinstance(said, list):
        if said:
            why = "taskgraph lists them under `worker: artifacts` and in an attribute"
            setting.hand(("release-artifacts",), "the artifacts are chosen by a key", why)
        return made
    alias = setting.alias(data.get("worker-type"))
    generic = alias is not None and alias.implementation == "generic-worker"
    folder = "artifacts" if generic else "/builds/worker/artifacts"
    artifacts = [
        {"type": "file", "name": f"public/build/{path}", "path": f"{folder}/{path}"}
        for path in said
    ]
    return merge(
        made,
        {"attributes": {"release-artifacts": artifacts}, "worker": {"artifacts": artifacts}},
    )


def mark_as_shipped(data: Data, setting: Setting) -> Data:
    """The task that tells Ship-it of a release."""
    shipit = setting.config.get("shipit") or {}
    script = setting.config.get("scriptworker") or {}
    product = data.get("shipit-product", shipit.get("product"))
    if product is None:
        setting.hand((), "the product of Ship-it is unknown", "say it in `worker: release-name`")
        product = ""
    prefix = script.get("scope-prefix", "project:releng")
    if shipit.get("scope-prefix", f"{prefix}:ship-it") != f"{prefix}:ship-it":
        why = f"relpro asks for `{prefix}:ship-it:...`: give the others under `scopes`"
        setting.hand((), f"scopes begin with `{shipit['scope-prefix']}`", why)
    form = str(shipit.get("release-format", "{product}-{version}-build{build_number}"))

    def release_name(one: object) -> str:
        def named(field: str) -> str | None:
            return str(one) if field == "product" else variable_named(field)

        return formatted(form, named, lambda _field: None)

    worker: Data = {
        **(data.get("worker") or {}),
        "action": "mark-as-shipped",
        "server": {"by-level": {"3": "production", "default": "staging"}},
        "release-name": chosen(product, release_name),
    }
    made = without(data, "shipit-product", "scopes")
    said = "Mark {} as shipped in Ship-It"
    return {
        "label": variable_named("name"),
        **made,
        "description": chosen(product, said.format),
        "worker": worker,
    }
