"""Takes data read from YAML, gives a diagnostic for each key that is not text.

YAML allows keys such as `null` and `true`; JSON, to which relpro converts the data, does not.
"""

from collections.abc import Iterator, Mapping

from relpro.errors import Diagnostic
from relpro.values.check import OriginOf
from relpro.values.wording import written


def odd_keys(
    value: object, origin_of: OriginOf, context: str, path: tuple[object, ...] = ()
) -> Iterator[Diagnostic]:
    """A diagnostic (K203) for each key of `value`, at any depth; `path` is the path of `value`.

    `origin_of` and `context` are as for `relpro.values.check`.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                what = f"key `{written(key)}` must be text"
                remedy = f'put it in quotes: "{written(key)}"'
                yield Diagnostic("K203", what, (origin_of(*path, key),), context, remedy=remedy)
            yield from odd_keys(item, origin_of, context, (*path, key))
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            yield from odd_keys(item, origin_of, context, (*path, at))
