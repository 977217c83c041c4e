"""Takes a project, rehearses a release of it, gives what happened and what was checked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from relpro.errors import Diagnostic
from relpro.project import Project
from relpro.rehearsal.clients import Updated, updated_clients
from relpro.rehearsal.faults import Fault, Mishaps, Scene
from relpro.rehearsal.happening import grant, install_hooks, roles_of
from relpro.rehearsal.manifest import Manifest, read_manifest
from relpro.rehearsal.phases import Failed, Phase
from relpro.rehearsal.plan import Plan
from relpro.rehearsal.release import Tell, Updates, next_version, release
from relpro.rehearsal.rules import make_rules
from relpro.rehearsal.shelf import Shelf
from relpro.rehearsal.source import Source, make_source
from relpro.rehearsal.stage import Folders, Stage, certificates, stage
from relpro.rehearsal.stating import Proved, Stating
from relpro.workers.held import hold
from relpro.workers.keys import make_keys

#: The time between the previous release and this one, in seconds.
_BEFORE = 28 * 86_400.0


@attrs.frozen
class Rehearsed:
    """The result of a rehearsal.

    `previous` are the phases of the previous release; empty if it was kept from an earlier
    rehearsal. `went_wrong` describes the faults, `proved` the verified files and statements.
    `folder` has the remaining files: published ones in `published`, statements in `provenance`.
    """

    product: str
    version: str
    previous_version: str
    previous: tuple[Phase, ...]
    phases: tuple[Phase, ...]
    clients: tuple[Updated, ...]
    proved: Proved
    went_wrong: tuple[str, ...]
    folder: Path
    began: float
    ended: float


@contextmanager
def rehearsed(
    root: Path,
    folder: Path,
    product: str | None,
    tell: Tell,
    say: Callable[[str], object],
    faults: tuple[Fault, ...] = (),
) -> Iterator[tuple[Stage, Rehearsed]]:
    """Rehearse a release of the project at `root`; services run until the context ends.

    `folder` keeps data for the next rehearsal. `tell` is called with the progress of each phase,
    `say` with all other messages. `faults` are injected.

    Raises `RelproError`: U813 for a project that cannot be rehearsed, Q711 for a folder in which
    another rehearsal works, U814 for a task that fails, U815 for a client with an unexpected
    result, U816 and U817 for a file that is not what is stated of it, U820 where nothing went
    wrong.
    """
    plan, manifest = Plan.of(Project.find(root), product), read_manifest(root)
    with hold(folder, "rehearsal"):
        yield from _rehearsed(plan, manifest, folder, tell, say, faults)


def _rehearsed(
    plan: Plan,
    manifest: Manifest,
    folder: Path,
    tell: Tell,
    say: Callable[[str], object],
    faults: tuple[Fault, ...],
) -> Iterator[tuple[Stage, Rehearsed]]:
    began = time.time()
    version = str(plan.project.inputs.get("version", ""))
    shelf = Shelf(folder)
    run = shelf.empty()
    folders = Folders(run, shelf.keys, shelf.workers)
    granted = roles_of(plan, next_version(version))
    scopes = tuple(scope for body in granted.values() for scope in body["scopes"])
    keys = make_keys(shelf.keys, certificates(scopes))
    source = make_source(plan.project.root, run, manifest, plan.branch, keys)
    with stage(plan, manifest, folders, scopes) as here:
        say(f"Taskcluster at {here.service.root_url}, updates at {here.update_address}")
        grant(granted, here.service)
        install_hooks(plan, here.service)
        stating = Stating.on(here, folders.provenance, plan.repository)
        previous = _previous(plan, manifest, here, source, shelf, stating, tell, say)
        updates = _updates(here, manifest)
        flavors, now = plan.flavors({}), time.time()
        mishaps = Mishaps(Scene(here), faults)
        phases = release(
            plan, here, source.revision, version, now, flavors, updates, stating, mishaps, tell
        )
        _demand_struck(mishaps)
        clients = updated_clients(here, manifest, version, run, say)
        proved = stating.prove(phases[-1].name)
        yield (
            here,
            Rehearsed(
                plan.product,
                version,
                manifest.previous.version if manifest.previous else "",
                previous,
                phases,
                clients,
                proved,
                tuple(mishaps.scene.told),
                run,
                began,
                time.time(),
            ),
        )


def _demand_struck(mishaps: Mishaps) -> None:
    """Raise `Failed` (U820) for a fault that did not happen, or should have stopped the release."""
    if missed := mishaps.missed():
        what = "the release has shipped as if nothing had gone wrong"
        raise Failed(Diagnostic("U820", what, why=" ".join(one.about for one in missed)))


def _previous(
    plan: Plan,
    manifest: Manifest,
    here: Stage,
    source: Source,
    shelf: Shelf,
    stating: Stating,
    tell: Tell,
    say: Callable[[str], object],
) -> tuple[Phase, ...]:
    """The previous release: made now, or restored from the shelf."""
    before = manifest.previous
    if before is not None and shelf.load(source.previous, here, stating.folder):
        stating.know()
        say(f"{before.version}, from which people update, is kept from an earlier time")
        return ()
    make_rules(here.update_address, plan.product, manifest)
    if before is None:
        return ()
    phases = release(
        plan,
        here,
        source.previous,
        before.version,
        time.time() - _BEFORE,
        plan.flavors(before.flavors),
        {},
        stating,
        Mishaps(Scene(here)),
        lambda name, counts: tell(f"{before.version} {name}", counts),
    )
    shelf.save(source.previous, here, stating.folder)
    return phases


def _updates(here: Stage, manifest: Manifest) -> Updates:
    """The versions from which people update, from the update server."""
    if manifest.previous is None:
        return {}
    version = manifest.previous.version
    locales = {
        locale
        for release in here.updates.tables.releases.values()
        if release.blob.get("appVersion") == version
        for platform in release.platforms.values()
        for locale in platform.get("locales", ())
    }
    return {version: {"buildNumber": 1, "locales": sorted(locales)}} if locales else {}
