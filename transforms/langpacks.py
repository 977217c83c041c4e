"""Takes the task that made language packs, gives them to the add-on site, locale by locale."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms.beetmover import SOURCE_LOCALE, chain_of_trust_type


def add_langpacks(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One upstream artifact for each locale of the task, which is en-US if it names none."""
    attributes = task.attributes
    edge, upstream = next(iter(task.upstream.items()))
    locales = attributes.get("chunk_locales") or [attributes.get("locale") or SOURCE_LOCALE]
    return task.with_worker(
        upstream_artifacts=[
            {
                "task": edge,
                "type": chain_of_trust_type(upstream.kind),
                "paths": [f"public/build/{_folder(locale)}target.langpack.xpi"],
                "locale": locale,
            }
            for locale in locales
        ]
    )


def _folder(locale: str) -> str:
    return "" if locale == SOURCE_LOCALE else f"{locale}/"


transforms = (each(add_langpacks),)
