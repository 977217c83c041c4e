"""Stands in for balrogscript: submits releases to an update server, and schedules their rules.

    submit-toplevel    a release, and the rules of test channels; pins
    submit-locale      the blobs of a platform and locale, from a manifest
    schedule           a change of rules, which others sign off
    set-readonly       a release becomes immutable

System add-ons are not supported. Source: balrogscript, script.py and submitter/cli.py.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import attrs
import orjson

from relpro.updates.platforms import targets_of
from relpro.values.merge import merged
from relpro.verify.scripts.release_services import behavior_of
from relpro.workers import release_blobs
from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.update_api import UpdateApi, persistently

_SCHEMA, _NIGHTLY_SCHEMA = 9, 4

#: The hash function of digests in releases.
_HASH = "sha512"

#: The earliest time for a scheduled change.
_SOON = timedelta(minutes=5)

_NEWER = "v2-"


@attrs.frozen
class _Submission:
    """A task that submits to an update server; `is_v2` selects the newer API."""

    errand: Errand
    api: UpdateApi
    is_v2: bool

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.errand.payload

    @property
    def product(self) -> str:
        """The server's name of the product."""
        name: str = self.payload["product"]
        return name.capitalize()

    def name(self, suffix: str = "") -> str:
        """The name of the release of the payload."""
        payload = self.payload
        return release_blobs.release_name(
            self.product, payload["version"], payload["build_number"], suffix
        )


def act(errand: Errand) -> None:
    """Carry out the behavior of a task. Raises `Unfit`, `Failed` and `RelproError`."""
    behavior = behavior_of(errand.task)
    name = behavior.removeprefix(_NEWER)
    if name not in _BEHAVIORS:
        raise Unfit(f"`{behavior}` is not done on this machine", UNAVAILABLE)
    api = UpdateApi.of(errand, errand.scope(":balrog:server:"))
    _BEHAVIORS[name](_Submission(errand, api, behavior.startswith(_NEWER)))


def _submit_toplevel(task: _Submission) -> None:
    payload, own = task.payload, task.payload.get("blob_suffix", "")
    for suffix in payload.get("update_line") or [""]:
        blob = release_blobs.toplevel(payload, suffix, task.errand.services.scheme)
        name = task.name(own + suffix)
        persistently(partial(_put_release, task, name, blob))
        task.errand.say(f"release {name}: submitted")
    for rule in payload["rules_to_update"]:
        persistently(partial(_lead, task, rule, task.name(own)))
        task.errand.say(f"rule {rule}: leads to {task.name(own)}")
    _pin(task, own)


def _put_release(task: _Submission, name: str, blob: Mapping[str, object]) -> None:
    if task.is_v2:
        path = f"/v2/releases/{quote(name)}"
        found, _ = task.api.find(path) or ({"blob": {}}, 0)
        about = {"schema_version": _SCHEMA, "hashFunction": _HASH, "name": name}
        whole = {**merged(found["blob"], blob), **about}
        body: dict[str, Any] = {"product": task.product, "blob": whole}
        if "data_versions" in found:
            body["old_data_versions"] = found["data_versions"]
        task.api.change("PUT", path, body)
        return
    path = f"/releases/{quote(name)}"
    old, version = task.api.find(path) or ({}, 0)
    body = {
        "name": name,
        "product": task.product,
        "hashFunction": _HASH,
        "schema_version": _SCHEMA,
        "data": json.dumps(merged(old, blob)),
    }
    task.api.change("POST", path, {**body, **_read(version)})


def _read(version: int) -> dict[str, int]:
    """The version to which a change refers, if there is one."""
    return {"data_version": version} if version else {}


def _lead(task: _Submission, rule: str, name: str) -> None:
    _, version = task.api.get(f"/rules/{quote(rule)}")
    body = {"mapping": name, "data_version": version}
    task.api.change("POST", f"/rules/{quote(rule)}", body)


def _pin(task: _Submission, suffix: str, **more: int) -> None:
    """Offer the release to clients that are pinned to a version."""
    for channel in task.payload.get("pin_channels", ()):
        try:
            versions = release_blobs.pins(task.payload["version"])
        except ValueError:
            raise Failed(f"`{task.payload['version']}` is not a version to pin") from None
        for version in versions:
            body = {"product": task.product, "channel": channel, "version": version, **more}
            path = f"/v2/releases/{quote(task.name(suffix))}/pinnable"
            task.api.change("PUT", path, body)
            task.errand.say(f"pin {channel} {version}: leads to {task.name(suffix)}")


def _submit_locale(task: _Submission) -> None:
    manifest = orjson.loads(task.errand.inputs[0].file.read_bytes())
    put = _put_locale_v2 if task.is_v2 else _put_locale
    for entry in manifest:
        for extra in task.payload.get("suffixes", [""]):
            task.errand.go_on()
            for name, schema, data in _parts(entry, extra):
                persistently(partial(put, task, entry, name, schema, data))
                task.errand.say(f"release {name}: {entry['platform']} {entry['locale']}")


def _parts(entry: Mapping[str, Any], extra: str) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """(name, schema, data of the locale) of each release that an entry concerns."""
    if "tc_release" in entry:
        suffix = entry.get("blob_suffix", "") + extra
        name = release_blobs.release_name(
            entry["appName"], entry["version"], entry["build_number"], suffix
        )
        yield name, _SCHEMA, release_blobs.of_locale(entry)
    elif "tc_nightly" in entry:
        data = release_blobs.of_nightly(entry)
        for identifier in (entry["buildid"], "latest"):
            name = release_blobs.nightly_name(entry["appName"], entry["branch"], identifier)
            yield name, _NIGHTLY_SCHEMA, data
    else:
        raise Failed("the manifest does not say whether it is of a release or of every day")


def _put_locale(
    task: _Submission,
    entry: Mapping[str, Any],
    name: str,
    schema: int,
    data: Mapping[str, Any],
) -> None:
    (target, *others), locale = targets_of(entry["platform"]), entry["locale"]
    _, version = task.api.find(f"/releases/{quote(name)}") or ({}, 0)
    body = {
        "product": entry["appName"],
        "hashFunction": entry["hashType"],
        "schema_version": schema,
        "data": json.dumps(data),
        **({"alias": json.dumps(others)} if others and schema == _NIGHTLY_SCHEMA else {}),
        **_read(version),
    }
    path = f"/releases/{quote(name)}/builds/{quote(target)}/{quote(locale)}"
    task.api.change("PUT", path, body)


def _put_locale_v2(
    task: _Submission,
    entry: Mapping[str, Any],
    name: str,
    schema: int,
    data: Mapping[str, Any],
) -> None:
    (target, *_), locale = targets_of(entry["platform"]), entry["locale"]
    path = f"/v2/releases/{quote(name)}"
    found = task.api.find(path)
    if found is None and schema == _NIGHTLY_SCHEMA:
        whole = {"name": name, "hashFunction": entry["hashType"], "schema_version": schema}
        task.api.change("PUT", path, {"product": entry["appName"], "blob": whole})
        found = task.api.get(path)
    if found is None:
        raise Failed(f"release {name} is not there yet: submit-toplevel makes it")
    known = found[0]["data_versions"].get("platforms", {}).get(target, {}).get("locales", {})
    read = {locale: known[locale]} if locale in known else {}
    body = {
        "blob": {"platforms": {target: {"locales": {locale: data}}}},
        "old_data_versions": {"platforms": {target: {"locales": read}}},
    }
    task.api.change("POST", path, body)


def _schedule(task: _Submission) -> None:
    payload = task.payload
    soonest = datetime.now(UTC) + _SOON
    eta = payload["release_eta"]
    when = max(_moment(eta), soonest) if eta else soonest
    milliseconds = int(when.timestamp()) * 1000
    own = payload.get("blob_suffix", "")
    for rule in payload["publish_rules"]:
        data, version = task.api.get(f"/rules/{rule}")
        # Clients that do not get the new release get the one that was offered to everybody before.
        if data["backgroundRate"] == 100 or payload.get("force_fallback_mapping_update"):
            data["fallbackMapping"] = data["mapping"]
        data |= {
            "mapping": task.name(own),
            "rule_id": rule,
            "data_version": version,
            "change_type": "update",
            "when": milliseconds,
        }
        if payload.get("background_rate"):
            data["backgroundRate"] = payload["background_rate"]
        task.api.change("POST", "/scheduled_changes/rules", data)
        task.errand.say(f"rule {rule}: {task.name(own)} is scheduled for {when.isoformat()}")
    _pin(task, own, when=milliseconds)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"`release_eta` is `{text}`, which is not a date") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _set_read_only(task: _Submission) -> None:
    path = f"/releases/{quote(task.name())}"
    _, version = task.api.get(path)
    task.api.change("PUT", f"{path}/read_only", {"read_only": True, "data_version": version})
    task.errand.say(f"release {task.name()}: is changed no more")


_BEHAVIORS: Mapping[str, Callable[[_Submission], None]] = {
    "submit-toplevel": _submit_toplevel,
    "submit-locale": _submit_locale,
    "schedule": _schedule,
    "set-readonly": _set_read_only,
}
