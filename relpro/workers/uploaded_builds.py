"""Takes the uploads of a task, publishes the files that list them: manifest and checksums.

    public/manifest.json          data for the update server, for a later task
    public/target.checksums       digests and sizes of all files

Source: beetmoverscript, script.py (move_beets, generate_balrog_info, enrich_balrog_manifest) and
task.py (generate_checksums_manifest, get_updated_buildhub_artifact).
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from relpro.stock.workers.beetmover import CHECKSUMS
from relpro.workers.errand import Errand

_PROMOTION = "push-to-candidates"

#: The digests in a checksums file, in order.
_DIGESTS = ("sha512", "sha256")

#: A locale with another name on the update server: packages of all locales together.
_ALL_LOCALES = {"multi": "en-US"}


class Uploads:
    """The uploads of a task so far."""

    def __init__(self, errand: Errand) -> None:
        """Begin with nothing, for a task."""
        self._errand = errand
        self._sums: dict[str, dict[str, Any]] = {}
        self._completes: dict[str, dict[str, Any]] = {}
        self._partials: dict[str, list[Any]] = {}

    def add(self, name: str, file: Path, said: Mapping[str, Any], locale: str) -> None:
        """Add a file: its name in checksums, its path, and its entry in the map."""
        sums = self._sums.setdefault(name, _sums(file))
        if not said.get("update_balrog_manifest"):
            return
        properties = self._errand.payload["releaseProperties"]
        info = {
            "hash": sums[properties["hashType"]],
            "size": sums["size"],
            "url": address(self._errand, said["destinations"][0]),
        }
        build_id = said.get("from_buildid")
        if build_id:
            info |= {"from_buildid": build_id, **self._earlier(str(build_id))}
            self._partials.setdefault(locale, []).append(info)
        else:
            self._completes.setdefault(locale, {})[said.get("balrog_format", "")] = info

    def write_manifest(self) -> None:
        """Publish the manifest: one entry for each locale and format."""
        content = orjson.dumps(list(self._entries()), option=orjson.OPT_INDENT_2)
        self._errand.publish("public/manifest.json").write_bytes(content)

    def write_checksums(self) -> None:
        """Publish the checksums: one line for each digest of each file."""
        lines = [
            f"{sums[digest]} {digest} {sums['size']} {name}"
            for name, sums in sorted(self._sums.items())
            for digest in _DIGESTS
        ]
        end = CHECKSUMS.get(self._errand.task["tags"]["kind"], "")
        path = self._errand.publish(f"public/target{end}.checksums")
        path.write_text("\n".join(lines), encoding="utf-8")

    def _earlier(self, build_id: str) -> dict[str, Any]:
        """The release of an earlier build, from the task."""
        if self._errand.scope(":beetmover:action:") != _PROMOTION:
            return {}
        for one in self._errand.task.get("extra", {}).get("partials", ()):
            if one["buildid"] == build_id:
                return {key: one[key] for key in ("previousVersion", "previousBuildNumber")}
        return {}

    def _entries(self) -> Iterator[dict[str, Any]]:
        for locale, completes in self._completes.items():
            for form, info in completes.items():
                entry = {**self._about(), "locale": _ALL_LOCALES.get(locale, locale)}
                entry["completeInfo"] = [info]
                if locale in self._partials:
                    entry["partialInfo"] = self._partials[locale]
                if form:
                    entry["blob_suffix"] = f"-{form}"
                yield entry

    def _about(self) -> dict[str, object]:
        """The fields of an entry about the build."""
        payload = self._errand.payload
        said = payload["releaseProperties"]
        name, platform = said["appName"], said["platform"]
        for product in self._errand.services.products:
            if platform.endswith(f"-{product}"):
                platform = platform.removesuffix(f"-{product}")
                name = product.capitalize() if name[0].isupper() else product
        entry = {
            "appName": name,
            "appVersion": said["appVersion"],
            "branch": said["branch"],
            "buildid": said["buildid"],
            "extVersion": said["appVersion"],
            "hashType": said["hashType"],
            "platform": platform,
            "url_replacements": [],
        }
        if self._errand.scope(":beetmover:action:") != _PROMOTION:
            return {**entry, "tc_nightly": True}
        build = {key: payload[key] for key in ("build_number", "version")}
        return {**entry, "tc_release": True, **build}


def address(errand: Errand, key: str) -> str:
    """The public URL of an uploaded file."""
    storage = errand.services.storage
    assert storage is not None, "what is uploaded has a storage"
    return storage.address + key


def updated_record(errand: Errand, record: Path, installer: Path, key: str) -> Path:
    """A record of a build (`buildhub.json`) with the URL of its installer, uploaded to a key.

    The date is that of the payload, if it has one: the same inputs give the same bytes.
    """
    content = orjson.loads(record.read_bytes())
    download = content["download"]
    download |= {"size": installer.stat().st_size, "url": address(errand, quote(key))}
    if "upload_date" in errand.payload:
        download["date"] = str(errand.payload["upload_date"])
    made = errand.work / record.name
    made.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    return made


def _sums(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"size": file.stat().st_size}
    for name in _DIGESTS:
        with file.open("rb") as content:
            found[name] = hashlib.file_digest(content, name).hexdigest()
    return found
