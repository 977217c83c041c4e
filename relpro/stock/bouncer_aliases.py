"""Takes download names that contain no version, gives the products to which they lead.

```yaml
transforms: [relpro.stock.bouncer_aliases]
tasks:
  aliases:
    bouncer-aliases:
      products: downloads.yml            # a file of kinds/data/: see relpro.stock.download_entries
    worker: {action: aliases, server: production}
```

`worker` gets `aliases-entries`: the `aliases` of the file whose products the release has. Without
an `alias-family` there are none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.stock.download_entries import ALIASES
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

BOUNCER_ALIASES = Section("bouncer-aliases", {Required("products"): text})


def add_aliases(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds an alias for each product of the release."""
    section = task.sections.get("bouncer-aliases")
    if section is None:
        return task
    manifest = ctx.data(section["products"], task, ALIASES)
    return task.with_worker(aliases_entries=dict(_aliases(manifest)))


def _aliases(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not manifest["alias-family"]:
        return
    for suffix, product in manifest["aliases"].items():
        if product in manifest["products"]:
            yield f"{manifest['alias-family']}-{suffix}", manifest["entries"][product]["name"]


transforms = (each(add_aliases, BOUNCER_ALIASES),)
