"""Takes a task that made language packs, submits them to the add-on site, locale by locale.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.langpacks]
tasks:
  langpacks:
    from-deps: {kinds: [l10n]}
    langpacks:
      types: {l10n: l10n}            # kind -> Chain of Trust type, if its name does not imply one
    worker-type: addon
    worker: {server: production, channel: listed}
```

The locales are those of the attribute `chunk_locales`, else `locale`, else en-US. A pack is
`public/build/<locale>/target.langpack.xpi`, without a folder for en-US. `worker` gets
`upstream-artifacts`.
"""

from voluptuous import Optional

from relpro.model.task import TaskDescription
from relpro.stock.artifact_map import chain_of_trust_type
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.stock.locales import folder_of
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

LANGPACKS = Section("langpacks", {Optional("types"): {str: text}})


def add_langpacks(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds one upstream artifact for each locale of the task; without a locale, en-US."""
    section = task.sections.get("langpacks")
    if section is None:
        return task
    attributes = task.attributes
    edge, upstream = next(iter(task.upstream.items()))
    locales = attributes.get("chunk_locales") or [attributes.get("locale") or SOURCE_LOCALE]
    known = section.get("types", {}).get(upstream.kind) or chain_of_trust_type(upstream.kind)
    return task.with_worker(
        upstream_artifacts=[
            {
                "task": edge,
                "type": known,
                "paths": [f"public/build/{folder_of(locale)}target.langpack.xpi"],
                "locale": locale,
            }
            for locale in locales
        ]
    )


transforms = (each(add_langpacks, LANGPACKS),)
