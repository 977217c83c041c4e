"""Takes the repositories with the requests of partners, gives the builds for them.

Looked up once, when a release is promoted; the answer becomes a parameter. A manifest
(`default.xml`, as the tool repo reads it) names a repository for each partner, which has a folder
below `desktop/` for each build; attribution is one file beside the manifest.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from relpro.actions.look_ups import Question
from relpro.errors import Diagnostic, RelproError, Unreachable, raise_all
from relpro.yaml.document import parse
from transforms._github import GitHub, Repository, token

#: Partner -> sub-partner -> its build; or, for attribution, `defaults` and `configs`.
Config = Mapping[str, Any]

_ATTRIBUTION = "release-partner-attribution"
_MANIFEST = "default.xml"
_CAMPAIGNS = "attribution_config.yml"
_SECRET = "project/releng/gecko/build/level-{}/partner-github-api"  # noqa: S105 - its name

#: Switch of a `repack.cfg` -> the platform that it requests.
PLATFORMS: Mapping[str, str] = {
    "linux-i686": "linux-shippable",
    "linux-x86_64": "linux64-shippable",
    "mac": "macosx64-shippable",
    "win32": "win32-shippable",
    "win64": "win64-shippable",
    "win64-aarch64": "win64-aarch64-shippable",
}
_KEPT = ("upload_to_candidates", "repack_stub_installer", "publish_to_releases")


def look_up(question: Question) -> dict[str, Config]:
    """Kind of partner builds -> its configuration, for each in `urls` of the question.

    Raises `RelproError` (Q707, Y...) with all errors in any of them, `Unreachable` (Q702, Q707) if
    GitHub cannot be reached.
    """
    github = GitHub(question.settings["github-api"], token(_SECRET.format(question.level)))
    found: dict[str, Config] = {}
    problems: list[Diagnostic] = []
    for kind, url in sorted(question.details["urls"].items()):
        read = attribution if kind == _ATTRIBUTION else repacks
        try:
            found[kind] = read(github, Repository.at(url))
        except Unreachable:
            raise
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)
    return found


def attribution(github: GitHub, manifests: Repository) -> Config:
    """The attribution campaigns: `defaults` and `configs`."""
    text = _file(github, manifests, _CAMPAIGNS)
    config: Config = parse(text, f"{manifests}/{_CAMPAIGNS}").data
    return config


def repacks(github: GitHub, manifests: Repository) -> Config:
    """Partner -> sub-partner -> `locales`, `platforms` and switches, for a manifest."""
    found: dict[str, Config] = {}
    problems: list[Diagnostic] = []
    for repository in partners(_file(github, manifests, _MANIFEST), manifests):
        try:
            texts = github.texts(repository, "desktop/", "repack.cfg")
        except Unreachable:
            raise
        except RelproError as error:
            problems += error.diagnostics
            continue
        found[repository.name] = {name: read_repack(text) for name, text in sorted(texts.items())}
    raise_all(problems)
    return found


def partners(manifest: str, manifests: Repository) -> Iterator[Repository]:
    """The repositories of partners in a manifest; the one with scripts is left out.

    Source: the manifest format of the tool repo: `remote`, `default`, `project`. Raises
    `RelproError` (Q707) for an invalid manifest.
    """
    try:
        # The repository is trusted, and the parser refuses exponential entities.
        root = ElementTree.fromstring(manifest)  # noqa: S314
    except ElementTree.ParseError as error:
        raise RelproError(_broken(manifests, f"it is not XML: {error}")) from None
    remotes = {remote.get("name"): remote.get("fetch", "") for remote in root.iter("remote")}
    default = root.find("default")
    usual: Mapping[str, str] = {} if default is None else default.attrib
    for project in root.iter("project"):
        stated = {**usual, **project.attrib}
        name = stated.get("name", "")
        if "scripts" in stated.get("path", name):
            continue
        if stated.get("remote") not in remotes:
            raise RelproError(_broken(manifests, f"project `{name}` has an unknown remote"))
        base = remotes[stated.get("remote")].rstrip("/")
        repository = Repository.at(f"{base}/{name}")
        yield Repository(repository.owner, repository.name, stated.get("revision", "HEAD"))


def read_repack(text: str) -> dict[str, Any]:
    """The keys of a `repack.cfg`: lines `key=value`, optionally quoted; switches are text.

    Keys that do not concern the build are left out.
    """
    lines = (line.partition("=") for line in text.splitlines())
    said = {key.strip(): value.strip().strip("'\"") for key, equals, value in lines if equals}
    return {
        "locales": said.get("locales", "").split(),
        "platforms": [
            platform for key, platform in PLATFORMS.items() if said.get(key, "").lower() == "true"
        ],
        **{key: said[key].lower() for key in _KEPT if key in said},
    }


def _file(github: GitHub, repository: Repository, path: str) -> str:
    text = github.text(repository, path)
    if text is None:
        what = f"repository `{repository}` has no `{path}`"
        raise RelproError(Diagnostic("Q707", what, remedy="switch off what it is for, or add it"))
    return text


def _broken(manifests: Repository, why: str) -> Diagnostic:
    return Diagnostic("Q707", f"`{_MANIFEST}` of `{manifests}` cannot be read", why=why)
