"""Takes a task with several partner builds, gives tasks for some of them, or one for each.

The builds are the attribute `repack-ids` of the upstream task. With `per-task`, each task has at
most that many of them as its own `repack-ids`, with the attributes of `relpro.stock.chunk`. Without
it, each task is for one build: its attributes are `repack-id`, `repack-symbol`, `partner`,
`sub-partner`, `repack-locale`, `partner-public` and `stub-installer`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.label import of_chunk
from relpro.model.task import Draft
from relpro.stock.chunk import split, whole_from_one
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand
from relpro.values import text, whole_number
from transforms._attributes import needed
from transforms._partners import Repack, partners_of

#: `config`: the part of `release_partner_config` that has the builds.
REPACKS = Section("repacks", {Required("config"): text, Optional("per-task"): whole_number}, True)

#: Length of `repack-symbol`: of the 25 characters of a symbol, four are for `Rpk-` and the like.
_ROOM = 21


def each_repack(ctx: Context, draft: Draft) -> Iterator[Draft]:
    """A draft for each build, or for several."""
    section = ctx.section(draft, REPACKS)
    assert section is not None
    ids = draft.attributes.get("repack_ids")
    if not ids or "build_platform" not in draft.attributes:
        what = "the upstream task has no attributes `repack-ids` and `build-platform`"
        raise Refusal(what, "build on a task that repacks, and keep its attributes", ("repacks",))
    if "per-task" in section:
        pieces = split(ids, whole_from_one(section, "per-task", ("repacks",)))
        for number, piece in enumerate(pieces, start=1):
            named = draft.replace(name=of_chunk(draft.name, number))
            yield named.with_attributes(
                repack_ids=list(piece), this_chunk=number, total_chunks=len(pieces)
            )
        return
    config = partners_of(ctx.parameters, section["config"])
    for repack_id in ids:
        yield _for_one(draft, repack_id, config)


def _for_one(draft: Draft, repack_id: str, config: Mapping[str, Any]) -> Draft:
    partner, sub_partner, locale = repack_id.split("/")
    platform = needed(draft.attributes, "build_platform", draft.name)
    build = Repack(partner, sub_partner, locale, platform, config[partner][sub_partner])
    kept = {name: value for name, value in draft.attributes.items() if name != "repack_ids"}
    return draft.replace(
        name=f"{platform}-{repack_id.replace('/', '-')}",
        attributes={
            **kept,
            "repack_id": repack_id,
            "repack_symbol": symbol_of(repack_id),
            "partner": partner,
            "sub_partner": sub_partner,
            "repack_locale": locale,
            "partner_public": build.public,
            "stub_installer": build.stub,
        },
    )


def symbol_of(repack_id: str) -> str:
    """The id if it is short enough; else its start, and a digest."""
    if len(repack_id) <= _ROOM:
        return repack_id
    digest = hashlib.sha256(repack_id.encode()).hexdigest()[:6]
    return f"{repack_id[: _ROOM - 1 - len(digest)]}~{digest}"


transforms = (expand(each_repack, REPACKS),)
