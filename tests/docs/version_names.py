"""Takes releases of every sort, gives each name that their tasks make of a version.

A name is a text of a task's definition, or a part of a path in it, that holds the version of the
release in whatever form. Nothing is listed by hand: what a kind makes of a version is found in what
the release really creates.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs

from relpro.goal import Goal
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.docs.pages import DOCS

_LOCALES = {
    "de": {
        "pin": False,
        "platforms": [
            f"{platform}{suffix}"
            for platform in ("linux64", "macosx64", "win64")
            for suffix in ("", "-devedition")
        ],
        "revision": "0" * 40,
    }
}
_COMMON: Mapping[str, Any] = {
    "level": "3",
    "owner": "releases@example.com",
    "head_repository": "https://hg.example.com/browser",
    "head_rev": "a" * 40,
    "build_date": 1_750_000_000,
    "moz_build_date": "20250615150640",
    "release_eta": "",
    "l10n_changesets": _LOCALES,
}


@attrs.frozen
class Release:
    """A release to look at. `previous` is where its partial update starts from."""

    title: str
    project: str
    product: str
    version: str
    build: int = 1
    next: str = ""
    previous: str = ""

    @property
    def app_version(self) -> str:
        """The version that the application says of itself."""
        return re.sub(r"b\d+$|esr$", "", self.version)

    @property
    def forms(self) -> Mapping[str, str]:
        """Whatever holds a version -> what it is called."""
        major, minor, *_ = re.findall(r"\d+", self.version)
        others = {self.next: "{next-version}", self.previous: "{previous-version}"}
        return {
            f"{major}.{minor}.{_COMMON['moz_build_date']}": "{major}.{minor}.{build-date}",
            f"<{major}.0": "<{major}.0",
            **{version: called for version, called in others.items() if version},
            self.app_version: "{app-version}",
            self.version: "{version}",
            self.version.replace(".", "_"): "{version_with_underscores}",
        }

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What `Pipeline` is to be given."""
        return {
            **_COMMON,
            "project": self.project,
            "version": self.version,
            "app_version": self.app_version,
            "next_version": self.next,
            "build_number": self.build,
            "release_history": _history(self.previous) if self.previous else {},
        }

    def tasks(self) -> TaskGraph:
        """Everything from candidates to shipping; of a nightly, all that its builds are made of."""
        found = Project.find(DOCS)
        if self.version.endswith("a1"):
            full = Pipeline.of(found, self.parameters, Goal()).full
            return full.restrict(one.label for one in full if one.phase in (None, Phase.BUILD))
        pipeline = Pipeline.of(found, self.parameters, Goal(phase=Phase.SHIP, product=self.product))
        return pipeline.full.restrict(pipeline.target.labels)


RELEASES = (
    Release("92.0.1", "mozilla-release", "firefox", "92.0.1", 1, "92.0.2", "92.0"),
    Release("140.0", "mozilla-release", "firefox", "140.0", 1, "140.0.1", "139.0.4"),
    Release("140.0.4", "mozilla-release", "firefox", "140.0.4", 1, "140.0.5", "140.0.3"),
    Release("140.0.4, build 12", "mozilla-release", "firefox", "140.0.4", 12, "140.0.5", "140.0.3"),
    Release("153.0b3", "mozilla-beta", "firefox", "153.0b3", 1, "153.0b4", "153.0b2"),
    Release(
        "153.0b12 (devedition)", "mozilla-beta", "devedition", "153.0b12", 1, "153.0b13", "153.0b11"
    ),
    Release(
        "140.13.0esr", "mozilla-esr140", "firefox", "140.13.0esr", 1, "140.14.0esr", "140.12.0esr"
    ),
    Release("153.0b3 (Android)", "mozilla-beta", "firefox-android", "153.0b3", 1, "153.0b4"),
    Release("154.0a1", "mozilla-central", "firefox", "154.0a1"),
)


def _history(version: str) -> Mapping[str, Any]:
    update = {
        "buildid": "20250601000000",
        "mar_url": f"https://archive.example.com/{version}.complete.mar",
        "previousVersion": version,
        "previousBuildNumber": "1",
        "product": "Firefox",
    }
    return {"Linux_x86_64-gcc3": {"de": {f"target-{version}.partial.mar": update}}}


@attrs.frozen
class Name:
    """A form of a name, the kinds whose tasks have it, and what it is for each release."""

    form: str
    kinds: tuple[str, ...]
    values: Mapping[str, str]


@cache
def _tasks(release: Release) -> TaskGraph:
    return release.tasks()


def _looked_at(task: Task) -> Mapping[str, Any]:
    """What services and workers read of a task; descriptions are for people alone."""
    return {key: task.definition[key] for key in ("payload", "extra", "routes")}


@cache
def texts_of(release: Release) -> frozenset[str]:
    """Every text, whole, that a service or worker reads of the tasks of a release."""
    return frozenset(text for task in _tasks(release) for text in _texts(_looked_at(task)))


@cache
def names_of(release: Release) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Form of a name -> (the first name of this form, the kinds that have it)."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for task in _tasks(release):
        artifact = task.attributes.get("maven_artifact", "")
        for text in _texts(_looked_at(task)):
            # Lines of shell are looked at option by option.
            for part in re.split(r"[\n/]| (?=--)", text):
                if (form := _form(release, part, artifact)) != part:
                    found.setdefault(form, (part, {}))[1].setdefault(task.kind)
    return {form: (name, tuple(kinds)) for form, (name, kinds) in found.items()}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a definition, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _form(release: Release, name: str, artifact: str = "") -> str:
    """A name with what it is made of in braces; as it is where no version is in it.

    The files of a library have one form, whatever library it is, and so have their digests.
    """
    form = name
    for text, called in release.forms.items():
        form = re.sub(
            rf"(?<!\d)(?<!\d[._]){re.escape(text)}(?![\d_]*\d|\.\d|b\d|esr)", called, form
        )
    if form == name:
        return name
    form = re.sub(r"(build)\d+", r"\1{build}", form, flags=re.IGNORECASE)
    form = re.sub(r"devedition|firefox(?!-android)", "{product}", form)
    form = re.sub(r"Devedition|Firefox", "{Product}", form)
    form = re.sub(r"DEVEDITION|FIREFOX(?!-ANDROID)", "{PRODUCT}", form)
    if artifact and form.startswith(artifact):
        form = "{artifact}" + re.sub(r"\.(asc|md5|sha\d+)$", "", form[len(artifact) :])
    form = re.sub(r"mozilla-(release|beta|esr\d+|central)", "{project}", form)
    return re.sub(r"\.(bz2|xz)\b", ".{bz2 or xz}", form)


def version_names() -> tuple[Name, ...]:
    """Every form of a name that any of the releases has, sorted."""
    forms: dict[str, Name] = {}
    for release in RELEASES:
        for form, (value, kinds) in names_of(release).items():
            known = forms.get(form, Name(form, (), {}))
            every = tuple(sorted({*known.kinds, *kinds}))
            forms[form] = Name(form, every, {**known.values, release.title: value})
    return tuple(_merged(forms))


def _merged(forms: Mapping[str, Name]) -> Iterator[Name]:
    """The forms in order; of two that differ by `app-version` alone the one that says so.

    Where the application's version is that of the release, they look alike.
    """
    merged = dict(forms)
    for form, name in forms.items():
        alike = form.replace("{app-version}", "{version}")
        if alike != form and alike in merged and not {*name.values} & {*merged[alike].values}:
            other = merged.pop(alike)
            kinds = tuple(sorted({*name.kinds, *other.kinds}))
            merged[form] = Name(form, kinds, {**other.values, **name.values})
    return iter(sorted(merged.values(), key=lambda name: name.form.casefold()))


@attrs.frozen
class Part:
    """Names of one sort: the kinds that make them, and where it stands how they are made."""

    title: str
    kinds: str
    source: str


#: In this order: a name stands in the first part that has one of its kinds.
PARTS = (
    Part(
        "Tags and version files",
        "release-(android-)?(early-tagging|version-bump)",
        "mozilla_taskgraph, worker types of landoscript; update-verify-config-creator.py, which "
        "fetches by them",
    ),
    Part(
        "What the update server announces",
        "release-balrog-.*",
        "gecko_taskgraph/transforms/balrog_toplevel.py, browser/config/whats_new_page.yml; "
        "balrogscript, submitter/cli.py (the blob is `{Product}-{version}-build{build}`)",
    ),
    Part(
        "What Ship-it is told",
        "release-(android-)?mark-as-shipped",
        "gecko_taskgraph/transforms/release_mark_as_shipped.py",
    ),
    Part(
        "What the download service knows",
        "release-bouncer-(sub|aliases)",
        "gecko_taskgraph/transforms/bouncer_submission.py and bouncer_aliases.py "
        "(craft_bouncer_product_name)",
    ),
    Part(
        "Update tests and checks",
        "release-(update-verify.*|bouncer-check)",
        "gecko_taskgraph/transforms/update_verify_config.py and bouncer_check.py",
    ),
    Part(
        "What people are told",
        ".*-notify-.*",
        "our own words; gecko: the kinds release-notify-*",
    ),
    Part(
        "Libraries for Android",
        "beetmover-(components|geckoview)",
        "gecko: mobile/android, Maven coordinates of each library; kinds beetmover-geckoview and "
        "beetmover-components",
    ),
    Part(
        "Android packages",
        "beetmover-android-app|release-android-.*",
        "gecko_taskgraph/manifests: fenix_candidates.yml, focus_candidates.yml",
    ),
    Part(
        "Files and folders of the download site",
        "(release-)?beetmover-.*|partials.*|release-generate-.*",
        "gecko_taskgraph/manifests: firefox_candidates.yml, source_files.yml, ...",
    ),
    Part("What builds and packs are told", ".*", "gecko: the kinds that make them"),
)


def parts() -> Iterator[tuple[Part, list[Name]]]:
    """Each part with its names, in order."""
    names = version_names()
    placed = [(_part_of(name), name) for name in names]
    for part in PARTS:
        yield part, [name for where, name in placed if where is part]


def _part_of(name: Name) -> Part:
    return next(
        part for part in PARTS if any(re.fullmatch(part.kinds, kind) for kind in name.kinds)
    )
