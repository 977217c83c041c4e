"""Takes the keys of a beetmover worker, gives the places that its task writes and copies to.

Source: beetmoverscript. Buckets and package repositories have the names that the worker uses.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from relpro.model.place import Copy, Effects, Place

#: The resources, of which a task names one.
RESOURCES = ("bucket", "apt-repo", "yum-repo")

#: Resources that offer packages -> their names in keys of places.
_REPOSITORIES = {"apt-repo": "apt", "yum-repo": "yum"}

#: Patterns of whole paths that are never copied to releases. Partner files are copied if the
#: payload names them. Source: beetmoverscript, constants.py.
NOT_RELEASED = (
    r"^.*tests.*$",
    r"^.*crashreporter.*$",
    r"^(?!.*jsshell-).*\.zip(\.asc)?$",
    r"^.*\.log$",
    r"^.*\.txt$",
    r"^.*/partner-repacks.*$",
    r"^.*.checksums(\.asc)?$",
    r"^.*/logs/.*$",
    r"^.*json$",
    r"^.*/host.*$",
    r"^.*/mar-tools/.*$",
    r"^.*contrib.*",
    r"^.*/beetmover-checksums/.*$",
)

#: Buckets for partners only: their folders are directly below the bucket.
_PRIVATE = frozenset({"partner", "dep-partner"})

#: Artifact of a partner build -> its file name. Source: beetmoverscript, its template for partner
#: repacks.
_PARTNER_FILES = {
    "target.installer.exe": "{name} Setup {version}.exe",
    "target.stub-installer.exe": "{name} Installer.exe",
    "target.dmg": "{name} {version}.dmg",
    "target.tar.bz2": "{lower}-{version}.tar.bz2",
    "target.tar.xz": "{lower}-{version}.tar.xz",
    "target.checksums": "{lower}-{version}.checksums.beet",
}
_SIGNATURE = ".asc"

#: Of the candidates of a release, only the first build for partners is copied. Source:
#: beetmoverscript, utils.py, `get_partner_candidates_prefix`.
_COPIED_PARTNERS = "v1"

_IMPORT = "import-from-gcs-to-artifact-registry"

_OF_PARTNERS = frozenset({"releaseProperties", "version", "build_number"})
_OF_A_RELEASE = frozenset({"bucket", "product", "version", "build-number"})


def uploads(worker: Mapping[str, Any], payload: Mapping[str, Any]) -> Effects:
    """The effects of a task, from its worker, which names one resource, and from its payload."""
    store = next(worker[name] for name in RESOURCES if name in worker)
    keys = [*_destinations(worker)]
    # What the script demands and the body lacks, its schema tells.
    if worker["action"] == "push-to-partner" and payload.keys() >= _OF_PARTNERS:
        keys += _partner_files(store, payload)
    objects = [Place("object", f"{store}/{key}") for key in keys]
    if worker["action"] == "push-to-maven":
        objects += _libraries(store, keys)
    if worker["action"] == _IMPORT:
        return _imported(worker)
    return Effects(tuple(objects), copies=tuple(_copies(worker)))


def _imported(worker: Mapping[str, Any]) -> Effects:
    """The packages that a repository imports from the bucket of the same name.

    Source: beetmoverscript, gcloud.py, `import_from_gcs_to_artifact_registry`; its bucket is that
    of the same resource (utils.py, `get_bucket_name`). A repository uses the name inside a package,
    for which its path stands here: packages for two architectures may share a file name.
    """
    resource = next((name for name in _REPOSITORIES if name in worker), "bucket")
    store, sources = worker[resource], worker.get("gcs-sources", ())
    read = tuple(Place("object", f"{store}/{source}") for source in sources)
    offers = f"{_REPOSITORIES.get(resource, resource)}/{store}"
    files = (source for source in sources if not source.endswith("/"))
    return Effects(tuple(Place("package", f"{offers}/{file}") for file in files), read)


def _destinations(worker: Mapping[str, Any]) -> Iterator[str]:
    for item in worker.get("artifact-map", ()):
        for said in item["paths"].values():
            yield from said["destinations"]
    for datum in worker.get("data-map", ()):
        yield from datum["destinations"]


def _partner_files(store: str, payload: Mapping[str, Any]) -> Iterator[str]:
    """Uploads of partner files: the `locale` of an upstream artifact is the folder of a partner.

    The script ignores artifacts that its template does not name.
    """
    for item in payload.get("upstreamArtifacts", ()):
        for path in item["paths"]:
            if key := partner_key(store, payload, item.get("locale", "en-US"), path):
                yield key


def partner_key(store: str, payload: Mapping[str, Any], folder: str, path: str) -> str:
    """The key at which push-to-partner puts an artifact; empty if the template does not name it.

    `folder` replaces the locale.
    """
    name = payload["releaseProperties"]["appName"]
    words = {"name": name, "lower": name.lower(), "version": payload["version"]}
    build = f"{payload['version']}-candidates/build{payload['build_number']}"
    above = "" if store in _PRIVATE else f"pub/{name.lower()}/candidates/{build}/"
    artifact = path.rpartition("/")[2]
    end = _SIGNATURE if artifact.endswith(_SIGNATURE) else ""
    file = _PARTNER_FILES.get(artifact.removesuffix(_SIGNATURE))
    return f"{above}{folder}/{file.format_map(words)}{end}" if file else ""


def _libraries(store: str, keys: Iterable[str]) -> list[Place]:
    """The Maven coordinates of files at `maven2/<group>/<name>/<version>/<file>`, each once."""
    parts = (key.split("/") for key in keys)
    found = {
        f"{store}/{'.'.join(folders)}:{name}:{version}": None
        for _root, *folders, name, version, _file in (one for one in parts if len(one) > 4)
    }
    return [Place("library", key) for key in found]


def _copies(worker: Mapping[str, Any]) -> Iterator[Copy]:
    """The copies of a push from candidates to releases, and those of the partners that it names.

    Source: beetmoverscript, `push_to_releases`.
    """
    if worker["action"] == "push-to-releases" and worker.keys() >= _OF_A_RELEASE:
        partners = worker.get("partners", ())
        build = worker["build-number"]
        yield from copies(worker["bucket"], worker["product"], worker["version"], build, partners)


def copies(
    bucket: str, product: str, version: str, build_number: int, partners: Iterable[str]
) -> Iterator[Copy]:
    """What a push of a release copies in a bucket."""
    below = f"{bucket}/pub/{product}"
    source = f"{below}/candidates/{version}-candidates/build{build_number}/"
    yield Copy(source, f"{below}/releases/{version}/", NOT_RELEASED)
    for partner in partners:
        folder = f"{source}partner-repacks/{partner}/{_COPIED_PARTNERS}/"
        yield Copy(folder, f"{below}/releases/partners/{partner}/{version}/", ())
