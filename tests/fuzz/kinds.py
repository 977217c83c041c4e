"""This project's kinds with one value of one file changed, and its releases with one parameter."""

import shutil
import traceback
from pathlib import Path
from random import Random
from typing import Any

import attrs
import yaml

from relpro.before import Before, Memory
from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.parameters.read import check_parameters, read_parameter_file
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.fuzz.mutation import as_yaml, mutated, written
from tests.fuzz.running import Case, Fault
from tests.parameters.test_known import RIGHT

ROOT = Path(__file__).parents[2]

#: One locale on two platforms: enough for every kind to make something.
_PLATFORMS = ["linux64", "macosx64", "win32", "win64"]
_FROM = {"buildid": "20250601", "mar_url": "https://archive.mozilla.org/pub/x.mar"}
_PARTIAL = {**_FROM, "previousVersion": "140.0.3", "previousBuildNumber": 1, "product": "Firefox"}
PARAMETERS: dict[str, Any] = {
    "project": "mozilla-release",
    "level": "3",
    "version": "140.0.4",
    "app_version": "140.0.4",
    "next_version": "140.0.5",
    "head_repository": "https://hg.mozilla.org/releases/mozilla-release",
    "head_rev": "3c1f7a2b9d4e5f60718293a4b5c6d7e8f9012345",
    "repository_type": "hg",
    "build_date": 1752580800,
    "moz_build_date": "20250715120000",
    "owner": "release@example.com",
    "l10n_changesets": {"de": {"platforms": _PLATFORMS, "revision": "default"}},
    "release_history": {
        name: {locale: {"target-140.0.3.partial.mar": _PARTIAL} for locale in ("de", "en-US")}
        for name in ("Linux_x86_64-gcc3", "WINNT_x86_64-msvc")
    },
}

#: What partners of the release want.
_PARTNERS = {
    "release-partner-repack": {"a": {"a-1": {"locales": ["de"], "platforms": ["win64-shippable"]}}},
    "release-eme-free-repack": {
        "b": {
            "b-1": {
                "locales": ["de"],
                "platforms": ["win32-shippable"],
                "upload_to_candidates": True,
            }
        }
    },
    "release-partner-attribution": {
        "defaults": {"medium": "distribution", "source": "mozilla"},
        "configs": [
            {"campaign": "c", "content": "c-1", "locales": ["de"], "platforms": ["win64-shippable"]}
        ],
    },
}
_SWITCHES = ("release_enable_partner_repack", "release_enable_emefree")


def trees(folder: Path) -> Case:
    """A file of kinds, of their data, or of the configuration, with something of it changed."""
    # It has no transforms of its own, so that ours are used.
    shutil.copytree(ROOT / "kinds", folder / "kinds")
    ground = Ground.of(folder, PARAMETERS)

    def case(rng: Random) -> Fault:
        name = change_file(folder, rng)
        try:
            fault = ground.outcome(PARAMETERS)
        finally:
            shutil.copy(ROOT / name, folder / name)
        return fault and f"{name}: {fault}"

    return case


def change_file(root: Path, rng: Random) -> str:
    """Change something of one file of the copy of our kinds at `root`; gives its name there.

    Half of the files are drawn by their size, since a few hold most of what can be wrong: the
    configuration has a quarter of all values.
    """
    files = sorted((root / "kinds").rglob("*.yml"))
    sizes = [path.stat().st_size for path in files] if rng.random() < 0.5 else None
    (path,) = rng.choices(files, sizes)
    path.write_bytes(as_yaml(mutated(yaml.load(path.read_bytes(), yaml.CSafeLoader), rng)))
    return path.relative_to(root).as_posix()


def releases(folder: Path) -> Case:
    """Parameters of a release of this project, partner builds and updates included."""
    kinds = tuple(Project(ROOT).kinds)
    deep = {name: RIGHT[name] for name in ("signoff_urls", "release_eta", "partial_versions")}
    right = {
        **PARAMETERS,
        **deep,
        **dict.fromkeys(_SWITCHES, True),
        "release_partner_config": _PARTNERS,
        "build_number": 2,
        "release_type": "release",
        "files_changed": ["a.c"],
        "required_signoffs": [],
        "release_partners": None,
    }
    ground = Ground.of(ROOT, right)

    def case(rng: Random) -> Fault:
        file = folder / f"p.{rng.choice(('yml', 'json'))}"
        file.write_bytes(written(right, rng, is_json=file.suffix == ".json"))
        return ground.outcome(file, tuple(rng.sample(kinds, 3)))

    return case


def _goal(kinds: tuple[str, ...]) -> Goal:
    return Goal(flavor="ship_firefox", fresh=True, kinds=kinds)


@attrs.frozen(eq=False)
class Ground:
    """A right generation, on which others stand that differ from it.

    What they give is what they would give from nothing (decision 0026), for a fifth of the work.
    """

    project: Project
    whole: Before

    @classmethod
    def of(cls, root: Path, parameters: dict[str, Any]) -> "Ground":
        """That of all kinds. Raises `RelproError` where it is wrong."""
        project = Project(root)
        return cls(project, Pipeline.of(project, parameters, _goal(())).whole)

    def outcome(self, given: dict[str, Any] | Path, kinds: tuple[str, ...] = ()) -> Fault:
        """What is wrong with how a generation ends: of all kinds, or of some, for parameters."""
        try:
            project = self.project.again()
            if isinstance(given, Path):
                file = read_parameter_file(given)
                check_parameters(file.values, project.config, file.origin)
                given = dict(file.values)
            pipeline = Pipeline.of(project, given, _goal(kinds))
            # A whole generation is of the same goal; one of some kinds takes tasks alone.
            memory = Memory(earlier=(self.whole.made,)) if kinds else Memory(before=self.whole)
            _ = attrs.evolve(pipeline, memory=memory).morphed
        except RelproError as error:
            return _misplaced(error)
        except Exception:  # noqa: BLE001 - any other is a fault of ours
            return traceback.format_exc()
        return ""


def _misplaced(error: RelproError) -> Fault:
    for one in error.diagnostics:
        if one.code == "T410":
            return f"{one.what}\n{one.why}"
        if one.code[0] in "KTY" and not one.where:
            return f"nowhere: {one.code} {one.what}"
    return ""
