"""Takes a release, lets installations of the previous one update themselves, and checks them.

Each is installed from the package of that release, and runs its own updater, which knows nothing of
a rehearsal: it asks the update server at the URL of production. The result is compared, byte by
byte, with the package of the new release.
"""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from relpro.errors import Diagnostic
from relpro.rehearsal.manifest import Client, Manifest
from relpro.rehearsal.phases import Failed
from relpro.rehearsal.rules import set_rate
from relpro.rehearsal.stage import Stage, proxied
from relpro.updates.clients import every_client
from relpro.updates.platforms import PLATFORMS, Platform
from relpro.updates.trees import Tree, differences, read_tree

#: The random number of the first background client that gets no update at 25 %, and of the last
#: that does.
_RATE, _FIRST_WITHOUT, _LAST_WITH = 25, 25, 24
_PATIENCE = 120


@attrs.frozen
class Updated:
    """An installation of the previous release, and its result.

    `asked` says how it asked, `became` is its version afterwards, `said` is the output of its
    updater.
    """

    platform: str
    locale: str
    asked: str
    became: str
    said: str


@attrs.frozen
class _Case:
    """How an installation asks: rate of the rule, random number, and expected result."""

    asked: str
    rate: int
    die: int
    looks: bool
    updates: bool


#: The cases, with increasing rate.
_CASES = (
    _Case("at 25 %, as the 26th of a hundred", _RATE, _FIRST_WITHOUT, looks=False, updates=False),
    _Case("at 25 %, as the 25th of a hundred", _RATE, _LAST_WITH, looks=False, updates=True),
    _Case("at 25 %, as somebody who looks", _RATE, _FIRST_WITHOUT, looks=True, updates=True),
    _Case("at 100 %", 100, 99, looks=False, updates=True),
)


def updated_clients(
    here: Stage, manifest: Manifest, version: str, folder: Path, say: Callable[[str], object]
) -> tuple[Updated, ...]:
    """Let installations update, some at 25 % of a rollout and one of each platform at 100 %.

    Raises `RelproError` (U815) with every unexpected result.
    """
    client, previous = manifest.client, manifest.previous
    if client is None or previous is None or not manifest.rules:
        return ()
    rule = str(manifest.rules[0]["alias"])
    installed = _Installed(here, client, previous.version, version, folder / "installed")
    found: list[tuple[Updated, tuple[str, ...]]] = []
    everybody = list(_everybody(here, previous.version, str(manifest.rules[0]["channel"])))
    for case in _CASES:
        set_rate(here.update_address, rule, case.rate)
        here.die.shows = case.die
        those = _some(everybody) if case.rate == 100 else everybody[:1]
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
            for updated, problems in threads.map(lambda one: installed.run(one, case), those):  # noqa: B023
                found.append((updated, problems))
                say(f"{updated.platform} {updated.locale}, {case.asked}: {updated.became}")
    if wrong := [
        Diagnostic("U815", f"{one.platform} in {one.locale}, {one.asked}: {text}", why=one.said)
        for one, texts in found
        for text in texts
    ]:
        raise Failed(*wrong)
    return tuple(one for one, _ in found)


def _everybody(here: Stage, version: str, channel: str) -> Iterator[tuple[Platform, str]]:
    """Platform and locale of every installation of a version, each once."""
    by_target = {one.targets[0]: one for one in PLATFORMS}
    for request in every_client(here.updates.tables, (channel,)):
        if request.version == version and request.build_target in by_target:
            yield by_target[request.build_target], request.locale


def _some(everybody: list[tuple[Platform, str]]) -> list[tuple[Platform, str]]:
    """All of the first platform, and the first and the last locale of every other."""
    by_platform: dict[str, list[tuple[Platform, str]]] = {}
    for one in everybody:
        by_platform.setdefault(one[0].name, []).append(one)
    first, *others = by_platform.values()
    return [*first, *(one for those in others for one in dict.fromkeys((those[0], those[-1])))]


@attrs.frozen
class _Installed:
    """Makes installations of release `old`, which should become `new`."""

    here: Stage
    client: Client
    old: str
    new: str
    folder: Path

    def run(self, whose: tuple[Platform, str], case: _Case) -> tuple[Updated, tuple[str, ...]]:
        """Install, let it update, and return the result and its errors."""
        platform, locale = whose
        place = self.folder / f"{platform.name}-{locale}-{case.rate}-{case.die}-{case.looks}"
        shutil.rmtree(place, ignore_errors=True)
        program = self._unpacked(self.old, platform, locale, place / "old")
        wanted = read_tree(self._unpacked(self.new, platform, locale, place / "new"))
        before = read_tree(program)
        words = self.client.looks if case.looks else self.client.command
        done = subprocess.run(
            words,
            cwd=program,
            env={**os.environ, **proxied(self.here.proxy), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        after = read_tree(program)
        became = self.new if after == wanted else self.old if after == before else "neither"
        said = done.stdout.strip()
        updated = Updated(platform.name, locale, case.asked, became, said)
        return updated, tuple(self._wrong(case, updated, after, wanted, done.returncode))

    def _wrong(
        self, case: _Case, updated: Updated, after: Tree, wanted: Tree, status: int
    ) -> Iterator[str]:
        if case.updates and updated.became != self.new:
            yield from list(differences(after, wanted))[:5]
        if not case.updates and updated.became != self.old:
            yield f"it is {updated.became}, and should still be {self.old}"
        if case.updates and updated.platform == self.client.runs_on:
            says = self.client.says.replace("{version}", self.new)
            if status or says not in updated.said:
                yield f"it was not started anew: status {status}, `{says}` is not said"

    def _unpacked(self, version: str, platform: Platform, locale: str, place: Path) -> Path:
        """The unpacked program of a published package."""
        words = {
            "version": version,
            "platform": platform.name,
            "folder": platform.folder,
            "locale": locale,
        }
        key = self.client.package.format_map(words)
        place.mkdir(parents=True)
        packed = place / "package"
        published = self.here.published
        packed.write_bytes(published.content(published.buckets[0], key))
        with tarfile.open(packed) as tar:
            tar.extractall(place, filter="data")
        return place / self.client.folder
