"""Takes the ledger's entries about the storage, gives a statement for each object."""

from collections.abc import Iterable, Iterator, Mapping

from relpro.provenance import names
from relpro.provenance.statements import PROVENANCE, Statement
from relpro.provenance.tasks import GRAPH, Done, Known, provenance
from relpro.workers.chain import parent_of
from relpro.workers.ledger import OBJECT, STORAGE, Entry


def objects_of(entries: Iterable[Entry], known: Mapping[str, str]) -> dict[str, tuple[str, Entry]]:
    """Name -> digest, and the latest ledger entry, of each object.

    `known` has the digests of earlier objects. A copy has the digest of its source.
    """
    found: dict[str, tuple[str, Entry]] = {}
    for entry in entries:
        if (entry.service, entry.sort) != (STORAGE, OBJECT):
            continue
        source = names.of_object(entry.value.get("copied", ""))
        copied = found[source][0] if source in found else known.get(source, "")
        found[names.of_object(entry.name)] = (entry.value.get("sha256", copied), entry)
    return found


def stated_of_objects(
    objects: Mapping[str, tuple[str, Entry]], done: Mapping[str, Done], known: Known
) -> Iterator[tuple[str, Statement]]:
    """(name, statement) of each object written by one of the tasks; `known` has all digests."""
    for name, (digest, entry) in objects.items():
        if digest and entry.task_id in done:
            task = done[entry.task_id]
            dependencies = [known.file(source) for source in _sources(task, entry)]
            predicate = provenance(task, dependencies, known.root_url)
            yield name, Statement(PROVENANCE, {name: digest}, predicate)


def _sources(done: Done, entry: Entry) -> Iterator[str]:
    """The sources of an object: an input file, an object, or the payload."""
    if "copied" in entry.value:
        yield names.of_object(entry.value["copied"])
    elif "artifact" in entry.value:
        yield names.of_artifact(entry.value["task"], entry.value["artifact"])
    else:
        yield names.of_artifact(parent_of(done.task), GRAPH)
