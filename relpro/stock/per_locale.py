"""Takes a task with several locales, gives a task for each of them.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.per_locale]
tasks:
  repackage:
    from-deps: {kinds: [l10n-signing]}     # tasks with `chunk_locales`
    per-locale: {}
```

The locales are those of the draft's attribute `chunk_locales`, else of its primary upstream task.
Each new task has the attribute `locale` in place of `chunk_locales`. `linux-3/opt` with the locale
`de` becomes `de-linux/opt`, unless the entry has a `name` of its own.
"""

from collections.abc import Iterator

from relpro.model.label import of_all_chunks, of_locale
from relpro.model.task import Draft
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand

PER_LOCALE = Section("per-locale", {})


def per_locale(ctx: Context, draft: Draft) -> Iterator[Draft]:
    """A draft for each locale."""
    if ctx.section(draft, PER_LOCALE) is None:
        yield draft
        return
    attributes = draft.attributes
    primary = next(iter(draft.upstream.values()), None)
    chunk_locales = attributes.get("chunk_locales") or (
        primary.attributes.get("chunk_locales") if primary else None
    )
    if not chunk_locales:
        what = f"task `{draft.name}` has no `chunk-locales` to make tasks for"
        raise Refusal(what, "select upstream tasks that have them", ("per-locale",))
    kept = {name: value for name, value in attributes.items() if name != "chunk_locales"}
    whole = of_all_chunks(draft.name, attributes.get("l10n_chunk", ""))
    for locale in chunk_locales:
        yield draft.replace(name=of_locale(whole, locale), attributes={**kept, "locale": locale})


transforms = (expand(per_locale, PER_LOCALE),)
