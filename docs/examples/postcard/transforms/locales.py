"""Writes what is said of one locale for every locale of a task.

```yaml
transforms: [relpro.stock.from_deps, transforms.locales]
tasks:
  l10n:
    worker:
      artifacts:
        - {name: 'public/build/:folder:target.tar.xz', path: 'out/:locale:/target.tar.xz'}
```

An item of a list in which `:locale:` or `:folder:` stands is there once for each locale of the task:
those of `chunk_locales`, or English. The folder of English is empty, of another locale `LOCALE/`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each

SOURCE = "en-US"

#: Sections in which lists are written so, beside the worker.
_WRITTEN = ("fetches", "run")

#: A locale as texts have it.
_Words = Mapping[str, str]


def every_locale(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with the items of its worker, command and fetches for each of its locales."""
    locales = task.attributes.get("chunk_locales") or [task.attributes.get("locale") or SOURCE]
    words = [{":locale:": one, ":folder:": "" if one == SOURCE else f"{one}/"} for one in locales]
    sections = {
        name: _written(content, words) if name in _WRITTEN else content
        for name, content in task.sections.items()
    }
    return task.replace(worker=_written(task.worker, words), sections=sections)


def _written(value: Any, words: list[_Words]) -> Any:
    if isinstance(value, Mapping):
        return {name: _written(one, words) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [made for one in value for made in _items(one, words)]
    return value


def _items(item: Any, words: list[_Words]) -> Iterator[Any]:
    if not _is_open(item):
        yield _written(item, words)
        return
    yield from (_filled(item, one) for one in words)


def _is_open(item: Any) -> bool:
    """Whether a text, or one of a mapping of texts, is to be written for each locale."""
    texts = item.values() if isinstance(item, Mapping) else (item,)
    return any(
        isinstance(text, str) and (":locale:" in text or ":folder:" in text) for text in texts
    )


def _filled(item: Any, words: _Words) -> Any:
    if isinstance(item, Mapping):
        return {name: _filled(one, words) for name, one in item.items()}
    if not isinstance(item, str):
        return item
    for word, text in words.items():
        item = item.replace(word, text)
    return item


transforms = (each(every_locale),)
