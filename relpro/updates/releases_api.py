"""The API calls about a whole release, and about one locale of a release.

Source: Balrog, auslib/web/admin/views/releases.py, auslib/web/common/releases.py and auslib/db.py
(`Releases`).
"""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from relpro.updates.blob_checks import check_blob
from relpro.updates.calls import Call, Json, Outcome, Problem, Reply, check_version, versioned
from relpro.updates.release import Release
from relpro.updates.signoffs import required, required_by_release, verify
from relpro.updates.state import State, with_entry


def list_releases(state: State, call: Call) -> Outcome:
    """Names of releases, or their data without blobs."""
    product, prefix = call.query.get("product"), call.query.get("name_prefix", "")
    found = [
        one
        for name, one in sorted(state.releases.items())
        if product in {None, "", one.product} and name.startswith(prefix)
    ]
    if call.query.get("names_only"):
        return state, Reply({"names": [one.name for one in found]})
    return state, Reply({"releases": [summary(state, one) for one in found]})


def summary(state: State, release: Release) -> Json:
    """The data of a release without its blob."""
    leading = [
        rule
        for rule in state.rules.values()
        if release.name in {rule.mapping, rule.fallback_mapping}
    ]
    return {
        "name": release.name,
        "product": release.product,
        "data_version": release.data_version,
        "read_only": release.read_only,
        "rule_info": {
            str(rule.rule_id): {"product": rule.product, "channel": rule.channel}
            for rule in leading
        },
        "required_signoffs": required_by_release(state, release.name),
    }


def get_release(state: State, call: Call) -> Outcome:
    """The blob of a release."""
    release = find_release(state, call)
    return state, versioned(release.blob, release.data_version)


def get_locale(state: State, call: Call) -> Outcome:
    """The data of a platform and locale of a release."""
    release = find_release(state, call)
    platform = release.platforms.get(call.params["platform"], {})
    locale = platform.get("locales", {}).get(call.params["locale"])
    if locale is None:
        raise Problem(404, f"{release.name} has no such locale")
    return state, versioned(locale, release.data_version)


def update_release(state: State, call: Call) -> Outcome:
    """Set values of a whole release; creates one that does not exist."""
    data = _json(call.body, "data")
    release, is_new = _found_or_made(state, call, data)
    changed = {**release.blob, **data}
    return _kept(state, call, release, changed, is_new=is_new)


def update_locale(state: State, call: Call) -> Outcome:
    """Set the data of a platform and locale; creates a release that does not exist.

    Tasks submit many locales at the same time, each with the version of the release that it has
    read. Balrog merges these by its history; here only the locale's own content decides whether
    there is a conflict.
    """
    data = _json(call.body, "data")
    release, is_new = _found_or_made(state, call, data, may_be_outdated=True)
    target, locale = call.params["platform"], call.params["locale"]
    platforms = {**release.platforms}
    target = platforms.get(target, {}).get("alias", target)
    platform = platforms.get(target, {})
    locales = platform.get("locales", {})
    is_outdated = not is_new and release.data_version != _number(call.body.get("data_version"))
    if is_outdated and locales.get(locale, data) != data:
        check_version(release.data_version, call.body.get("data_version"))
    platforms[target] = {**platform, "locales": {**locales, locale: data}}
    for alias in _json(call.body, "alias") or []:
        platforms.setdefault(alias, {"alias": target})
    status = 201 if locale not in locales else 200
    changed = {**release.blob, "platforms": platforms}
    return _kept(state, call, release, changed, is_new=status == 201)


def set_read_only(state: State, call: Call) -> Outcome:
    """Make a release immutable, or mutable again, which needs sign-offs if any are required."""
    release = find_release(state, call)
    given = call.body.get("data_version", call.body.get("old_data_version"))
    wanted = bool(call.body.get("read_only"))
    if wanted != release.read_only:
        check_version(release.data_version, given)
        if not wanted:
            verify(required(state, [(release.product, None)]), ())
        release = attrs.evolve(release, read_only=wanted, data_version=release.data_version + 1)
    state = with_entry(state, "releases", release.name, release)
    return state, Reply({"new_data_version": release.data_version}, 201)


def create_release(state: State, call: Call) -> Outcome:
    """Create a release with a complete blob."""
    name, product = str(call.body.get("name")), str(call.body.get("product"))
    if name in state.releases:
        raise Problem(400, f"Release: {name} already exists")
    blob = _json(call.body, "blob")
    check_blob(name, product, blob, call.hosts)
    made = Release(name, product, blob)
    return with_entry(state, "releases", name, made), Reply({"new_data_version": 1}, 201)


def delete_release(state: State, call: Call) -> Outcome:
    """Delete a release to which no rule leads."""
    release = find_release(state, call)
    check_writable(release)
    if any(release.name in {rule.mapping, rule.fallback_mapping} for rule in state.rules.values()):
        raise Problem(400, f"{release.name} has rules pointing to it. Hence it cannot be deleted.")
    if "data_version" in call.query:
        check_version(release.data_version, call.query["data_version"])
    return with_entry(state, "releases", release.name, None), Reply("")


def find_release(state: State, call: Call) -> Release:
    """The release that a call names. Raises `Problem`."""
    release = state.releases.get(call.params["release"])
    if release is None:
        raise Problem(404, f"Release name: {call.params['release']} not found")
    return release


def check_writable(release: Release) -> None:
    """Refuse a change to a read-only release."""
    if release.read_only:
        raise Problem(403, f"Release '{release.name}' is read only")


def _found_or_made(
    state: State, call: Call, data: Json, *, may_be_outdated: bool = False
) -> tuple[Release, bool]:
    """The release of a call; if it does not exist, with only its schema."""
    name, body = call.params["release"], call.body
    found = state.releases.get(name)
    hash_function = body.get("hashFunction") or data.get("hashFunction")
    if found is None:
        schema = body.get("schema_version") or data.get("schema_version")
        blob: dict[str, Any] = {"name": name, "schema_version": schema}
        blob |= {"hashFunction": hash_function} if hash_function else {}
        check_blob(name, str(body.get("product")), blob, call.hosts)
        return Release(name, str(body.get("product")), blob), True
    if not body.get("data_version"):
        raise Problem(400, "Release exists, data_version must be provided")
    if body.get("product") != found.product:
        raise Problem(400, f"{name} is a release of {found.product}")
    if hash_function and found.blob.get("hashFunction", hash_function) != hash_function:
        raise Problem(400, f"hashFunction of {name} is {found.blob['hashFunction']}")
    if not may_be_outdated:
        check_version(found.data_version, body["data_version"])
    return found, False


def _kept(
    state: State, call: Call, release: Release, blob: Mapping[str, object], *, is_new: bool
) -> Outcome:
    """The state with another blob of a release."""
    check_writable(release)
    check_blob(release.name, release.product, blob, call.hosts)
    verify(required_by_release(state, release.name), ())
    changed = attrs.evolve(release, blob=blob, data_version=release.data_version + 1)
    state = with_entry(state, "releases", release.name, changed)
    return state, Reply({"new_data_version": changed.data_version}, 201 if is_new else 200)


def _json(body: Json, name: str) -> Any:
    """A value of a body that is JSON inside text."""
    value = body.get(name)
    if not isinstance(value, str):
        return {} if value is None else value
    try:
        return json.loads(value)
    except ValueError:
        raise Problem(400, f"{name} is not JSON") from None


def _number(value: Any) -> int | None:
    return int(value) if str(value).isdigit() else None
