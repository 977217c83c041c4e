"""Takes the tables of a server; finds errors for any client.

No client is downgraded; every client reaches, by one update after the other, the newest release to
which rules for it lead; no client gets an error; and every offered file exists.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.updates.answer import FORCED_TO_FALLBACK, Answer, Tables, answer
from relpro.updates.clients import cohort, every_client, written
from relpro.updates.files import Files
from relpro.updates.following import follow, goes_forward, updated
from relpro.updates.matching import fallback_channel
from relpro.updates.release import DESUPPORT
from relpro.updates.request import Request
from relpro.updates.versions import Version, read_version

#: The most clients that are named for one fault.
_NAMED = 3


@attrs.frozen
class Fault:
    """An error for a client."""

    what: str
    request: Request


@attrs.frozen
class Swept:
    """The result of a sweep: the number of clients, and what they are offered now.

    `offered` is by version, `nothing`, or an HTTP status; `files` and `unknown` count the URLs that
    were checked, and those that could not be.
    """

    clients: int
    offered: Mapping[str, int]
    files: int
    unknown: int
    faults: tuple[Fault, ...]


class Violated(RelproError):
    """The rules do not give clients the right updates (exit code 1)."""

    exit_code = 1


def sweep(tables: Tables, files: Files, channels: Iterable[str] = ()) -> Swept:
    """Check every client that has one of the releases."""
    offered: Counter[str] = Counter()
    faults: list[Fault] = []
    urls: dict[str, str] = {}
    for_any_version = attrs.evolve(
        tables, rules=[attrs.evolve(rule, version=None, build_id=None) for rule in tables.rules]
    )
    count = 0
    for request in every_client(tables, tuple(channels)):
        count += 1
        now = answer(tables, request, cohort(request))
        offered[_offered(now)] += 1
        answers = list(_answers(tables, request))
        faults += (Fault(what, request) for what in _faults(for_any_version, request, answers))
        for given in answers:
            for patch in given[1].offer.patches if given[1].offer else ():
                if patch.url not in urls:
                    urls[patch.url] = files.problem(patch)
                    if urls[patch.url]:
                        faults.append(Fault(urls[patch.url], request))
    unknown = sum(not files.knows(url) for url in urls)
    return Swept(count, offered, len(urls) - unknown, unknown, tuple(faults))


def _offered(now: Answer) -> str:
    if now.refusal is not None:
        return f"HTTP {now.refusal.status}"
    if now.offer is None:
        return "nothing"
    return dict(now.offer.attributes).get("appVersion", "no more updates")


def _answers(tables: Tables, request: Request) -> Iterator[tuple[Request, Answer]]:
    """The answers to a client on its way to the newest release, and refusals on that way."""
    for step in follow(tables, request):
        yield step.request, step.answer
    left_out = attrs.evolve(request, force=FORCED_TO_FALLBACK)
    yield left_out, answer(tables, left_out, 0)


def _faults(
    for_any_version: Tables, request: Request, answers: list[tuple[Request, Answer]]
) -> Iterator[str]:
    for asked, given in answers:
        if given.refusal is not None:
            yield f"clients get HTTP {given.refusal.status}: {given.refusal.text}"
            return
        new = updated(asked, given.offer)
        if new is not None and not goes_forward(asked, new):
            yield f"clients are led back from {asked.version} to {new.version}"
            return
    *_, (end, last), _ = answers
    newest = _newest(for_any_version, request)
    if newest is None or read_version(end.version) >= newest[0] or _is_meant(last):
        return
    why = last.reason or "an update is offered without a file"
    yield f"clients are stranded at {end.version}, and {newest[1]} is for them: {why}"


def _is_meant(last: Answer) -> bool:
    """Whether it is intended that there is no update: by a rule, or for old systems."""
    if last.offer is not None:
        return not last.offer.patches and ("unsupported", "true") in last.offer.attributes
    return last.rule is not None and not last.rule.mapping


def _newest(tables: Tables, request: Request) -> tuple[Version, str] | None:
    """The newest release to which a rule leads that applies to such clients.

    The rules of `tables` apply to any version, so the installed one does not matter.
    """
    channels = (request.channel, fallback_channel(request.channel))
    if any((request.product, channel) in tables.shutoffs for channel in channels):
        return None
    found = []
    for rule in tables.rules_for(request):
        release = tables.releases.get(rule.mapping or "")
        if release is None or release.schema == DESUPPORT or not rule.matches(request):
            continue
        said = release.said(request.build_target, request.locale, "appVersion")
        if said:
            found.append((read_version(said), release.name))
    return max(found, default=None)


def raise_faults(swept: Swept) -> None:
    """Raise `Violated` (U811) with each fault once, if there are any."""
    alike: dict[str, list[Request]] = {}
    for fault in swept.faults:
        alike.setdefault(fault.what, []).append(fault.request)
    diagnostics = []
    for what, requests in alike.items():
        named = ", ".join(written(one) for one in requests[:_NAMED])
        more = f", and {len(requests) - _NAMED} more" if len(requests) > _NAMED else ""
        diagnostics.append(Diagnostic("U811", what, why=f"{named}{more}"))
    if diagnostics:
        raise Violated(*diagnostics)
