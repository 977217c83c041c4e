"""Takes definitions with references, gives them with the references resolved."""

from collections.abc import Callable, Mapping

from relpro.model.task import Json
from relpro.morph.references import IN_TEXT, TASK

_CONTAINERS = frozenset({dict, list, tuple})

#: Returns the URL of an artifact: (task id, artifact).
ArtifactUrl = Callable[[str, str], str]


def resolve(value: Json, ids: Mapping[str, str], artifact_url: ArtifactUrl) -> Json:
    """`value` with every reference resolved; `ids` maps names to task ids.

    Parts without references are shared with the result, and so is `value` itself if it has none.
    """
    result = value
    if type(value) is dict:
        if len(value) == 1:
            ((key, said),) = value.items()
            if key in IN_TEXT:
                return _meaning(key, said, ids, artifact_url)
        for key, part in value.items():
            if type(part) in _CONTAINERS:
                resolved = resolve(part, ids, artifact_url)
                if resolved is not part:
                    result = {**value} if result is value else result
                    result[key] = resolved
        return result
    for at, part in enumerate(value):
        if type(part) in _CONTAINERS:
            resolved = resolve(part, ids, artifact_url)
            if resolved is not part:
                result = [*value] if result is value else result
                result[at] = resolved
    return result


def _meaning(key: str, text: Json, ids: Mapping[str, str], artifact_url: ArtifactUrl) -> Json:
    """The resolved text; for a mapping, the resolved keys."""
    if type(text) is dict:
        return {_meaning(key, name, ids, artifact_url): part for name, part in text.items()}
    if key == TASK:
        name = text[1:-1]
        if name in ids and text == f"<{name}>":  # the form of nearly all references
            return ids[name]
        return IN_TEXT[key].sub(lambda match: match[1] or ids[match[2]], text)
    return IN_TEXT[key].sub(lambda match: match[1] or artifact_url(ids[match[2]], match[3]), text)


def in_scopes(scopes: list[str], ids: Mapping[str, str]) -> list[str]:
    """Scopes with resolved references, which occur in those of caches."""
    named = IN_TEXT[TASK]
    return [named.sub(lambda match: ids.get(match[2], match[0]), scope) for scope in scopes]
