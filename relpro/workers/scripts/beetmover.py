"""Stands in for beetmoverscript: uploads files, and copies candidates to releases.

Two actions are not supported: import-from-gcs-to-artifact-registry, as there are no package
repositories, and push-to-system-addons, which reads files of one product. An existing object is not
overwritten with other bytes, unless it is the latest of something; uploads of the real script do
overwrite. If the services have a ledger, it records the objects of a task and their sources.
Source: beetmoverscript, script.py.
"""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from mozilla_version.errors import PatternNotMatchedError
from mozilla_version.maven import MavenVersion

from relpro.graph.places import copied
from relpro.model.place import LATEST
from relpro.stock.workers.uploads import copies, partner_key
from relpro.verify.scripts.beetmover import INSTALLERS
from relpro.workers.errand import Errand, Failed, Input
from relpro.workers.globbed_uploads import globbed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.ledger import OBJECT, STORAGE, Ledger
from relpro.workers.storage import Bucket, content_type
from relpro.workers.stores import digest
from relpro.workers.uploaded_builds import Uploads, updated_record

_RECORD = "buildhub.json"

#: The content type of unknown files, where the script accepts them.
_UNKNOWN = "application/octet-stream"


@attrs.frozen
class _Move:
    """A task that uploads or copies; `resource` is the bucket's name in its scope.

    `moved` are the ledger's values for the objects, by bucket and key.
    """

    errand: Errand
    resource: str
    bucket: Bucket
    moved: dict[str, Mapping[str, Any]] = attrs.field(factory=dict, init=False)

    def put(
        self, key: str, path: Path, kind: str | None, of: Input | None, *, replace: bool = False
    ) -> None:
        """Upload a file, made from an input, to a key."""
        self.errand.go_on()
        if kind is None:
            raise Failed(f"`{path.name}`: nothing is known of what such a file is")
        is_latest = any(part.startswith(LATEST) for part in key.split("/"))
        new = self.bucket.put(key, path, kind, replace=replace or is_latest)
        self.errand.say(f"{key}: {'uploaded' if new else 'is there'}")
        made_of = {"task": of.task_id, "artifact": of.path} if of else {}
        self._note(key, {"sha256": digest(path), **made_of})

    def copy(self, source: str, key: str, *, is_there: bool) -> None:
        """Copy an object to a key."""
        self.errand.go_on()
        if not is_there:
            self.bucket.copy(source, key)
        self.errand.say(f"{key}: {'is there' if is_there else 'copied'}")
        self._note(key, {"copied": f"{self.bucket.name}/{source}"})

    def _note(self, key: str, value: Mapping[str, object]) -> None:
        self.moved[f"{self.bucket.name}/{key}"] = value


def act(errand: Errand) -> None:
    """Carry out the action of a task. Raises `Unfit`, `Failed`, `Stopped` and `RelproError`."""
    action = errand.scope(":beetmover:action:")
    if action not in _ACTIONS:
        raise Unfit(f"`{action}` is not done on this machine", UNAVAILABLE)
    resource = errand.scope(":beetmover:bucket:")
    move = _Move(errand, resource, Bucket.of(errand.services.storage, resource))
    _ACTIONS[action](move)
    if errand.services.ledger is not None:
        Ledger.of(errand).enter(errand.task_id, STORAGE, OBJECT, move.moved)


def _push_build(move: _Move) -> None:
    uploads = _push_mapped(move)
    uploads.write_manifest()
    uploads.write_checksums()


def _push_mapped(move: _Move) -> Uploads:
    """Upload every input to its destinations in the map."""
    errand = move.errand
    uploads = Uploads(errand)
    for one in errand.each_input():
        said = _said(errand, one)
        is_record = one.path.endswith(_RECORD)
        file = _record(errand, one) if is_record else one.file
        for key in said["destinations"]:
            move.put(key, file, content_type(one.path), one)
        uploads.add(said["checksums_path"], file, said, _locale(one))
    return uploads


def _locale(one: Input) -> str:
    locale: str = one.item.get("locale", "en-US")
    return locale


def _said(errand: Errand, one: Input) -> Mapping[str, Any]:
    """The map's entry for an input; the rules of the script guarantee that there is one."""
    return next(
        item["paths"][one.path]
        for item in errand.payload["artifactMap"]
        if (item["taskId"], item["locale"]) == (one.task_id, _locale(one))
        and one.path in item["paths"]
    )


def _record(errand: Errand, one: Input) -> Path:
    """A record of a build, with the URL of its locale's installer; the rules guarantee that."""
    installer = next(
        other
        for other in reversed(errand.inputs)
        if other.path.endswith(INSTALLERS) and _locale(other) == _locale(one)
    )
    return updated_record(
        errand, one.file, installer.file, _said(errand, installer)["destinations"][0]
    )


def _push_maven(move: _Move) -> None:
    version = move.errand.payload["version"]
    try:
        MavenVersion.parse(version)
    except (ValueError, PatternNotMatchedError):
        raise Failed(f"`{version}` is not a version of Maven") from None
    _push_mapped(move)


def _push_directly(move: _Move) -> None:
    _push_mapped(move)


def _push_partner(move: _Move) -> None:
    """Upload files for partners below the folders that replace locales."""
    errand = move.errand
    uploads = Uploads(errand)
    for one in errand.each_input():
        folder = one.item["locale"]
        key = partner_key(move.resource, errand.payload, folder, one.path)
        if not key:
            raise Failed(f"`{one.path}`: the script has no name for such a file of a partner")
        move.put(key, one.file, content_type(one.path), one)
        uploads.add(key[key.find(folder) :], one.file, {}, folder)
    uploads.write_checksums()


def _push_data(move: _Move) -> None:
    """Upload data in the payload itself."""
    for number, said in enumerate(move.errand.payload["dataMap"]):
        path = move.errand.work / str(number)
        path.write_bytes(base64.b64decode(said["data"]))
        for key in said["destinations"]:
            move.put(key, path, said["contentType"], None)


def _push_translations(move: _Move) -> None:
    """Upload files that match patterns of the map."""
    replace = move.errand.payload.get("allow_overwrites", False)
    for key, one in globbed(move.errand):
        move.put(key, one.file, content_type(one.path) or _UNKNOWN, one, replace=replace)


def _push_release(move: _Move) -> None:
    """Copy candidates to releases: all of them, or nothing if an object has other bytes."""
    bucket, said = move.bucket, move.errand.payload
    product, version = said["product"].lower(), said["version"]
    wanted: dict[str, str] = {}
    there: dict[str, str] = {}
    for copy in copies("", product, version, said["build_number"], said.get("partners", ())):
        sources = bucket.keys(copy.source.removeprefix("/"))
        there |= bucket.keys(copy.target.removeprefix("/")) | sources
        pairs = copied(copy, (f"/{key}" for key in sources))
        wanted |= {source[1:]: target[1:] for source, target in pairs}
    if not wanted:
        raise Failed(f"there are no candidates of {product} {version} to copy")
    if other := [
        key for source, key in wanted.items() if there.get(key, there[source]) != there[source]
    ]:
        raise Failed(f"{_listed(other)} there with other bytes, which are not overwritten")
    for source, key in wanted.items():
        move.copy(source, key, is_there=key in there)


def _listed(keys: list[str]) -> str:
    names = ", ".join(f"`{key}`" for key in keys[:5])
    more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
    return f"{names}{more} {'is' if len(keys) == 1 else 'are'}"


_ACTIONS: Mapping[str, Callable[[_Move], None]] = {
    "push-to-candidates": _push_build,
    "push-to-nightly": _push_build,
    "direct-push-to-bucket": _push_directly,
    "push-to-maven": _push_maven,
    "push-to-partner": _push_partner,
    "push-to-releases": _push_release,
    "upload-data": _push_data,
    "upload-translations-artifacts": _push_translations,
}
