"""The release data that an upload contains."""

from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.step import each

#: Product -> what its application is called.
_APP_NAMES = {
    "firefox": "Firefox",
    "devedition": "Firefox",
    "firefox-android": "Fenix",
    "thunderbird": "Thunderbird",
}


def release_properties(ctx: Context, task: TaskDescription) -> dict[str, Any]:
    """The build data that beetmover writes into its manifest.

    Raises `Refusal` for a product without an application.
    """
    parameters = ctx.parameters
    platform = task.attributes.get("build_platform")
    product = str(task.attributes.get("shipping_product"))
    if product not in _APP_NAMES:
        what = f"no application is known of product `{product}`"
        raise Refusal(what, f"set `shipping-product` to one of {', '.join(_APP_NAMES)}")
    return {
        "app-name": _APP_NAMES[product],
        "app-version": parameters["app_version"],
        "branch": parameters.project,
        "build-id": parameters["moz_build_date"],
        "hash-type": "sha512",
        "platform": str(platform or "release").removesuffix("-shippable"),
    }


def with_release(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The keys of every upload to candidates."""
    return task.with_worker(
        release_properties=release_properties(ctx, task),
        upload_date=ctx.parameters["build_date"],
        version=ctx.parameters.version,
        build_number=ctx.parameters["build_number"],
        **({"next_version": v} if (v := ctx.parameters["next_version"]) else {}),
    )


transforms = (each(with_release),)
