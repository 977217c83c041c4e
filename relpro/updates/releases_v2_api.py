"""The calls about releases in version 2 of the API: each locale has its own version.

Source: Balrog, auslib/web/admin/views/releases_v2.py and auslib/services/releases.py. Changes of
releases cannot be scheduled here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.updates.blob_checks import check_blob
from relpro.updates.calls import Call, Json, Outcome, Problem, Reply, check_version
from relpro.updates.refusal import NoAnswer
from relpro.updates.release import Release
from relpro.updates.releases_api import check_writable, find_release, summary
from relpro.updates.releases_api import set_read_only as set_whole_read_only
from relpro.updates.scheduling import schedule_pin
from relpro.updates.signoffs import required_by_release, verify
from relpro.updates.state import Pinned, State, with_entry
from relpro.updates.versions import read_pin, read_version

#: Build target and locale.
Place = tuple[str, str]


def list_releases(state: State, call: Call) -> Outcome:
    """Releases without their blobs, or their names."""
    if call.query.get("names_only"):
        return state, Reply(sorted(state.releases))
    found = [summary(state, one) for _, one in sorted(state.releases.items())]
    return state, Reply({"releases": found})


def get_release(state: State, call: Call) -> Outcome:
    """The blob of a release, with the version of the whole and of each locale."""
    release = find_release(state, call)
    body = {"blob": release.blob, "data_versions": _versions(release)}
    return state, Reply({**body, "sc_blob": {}, "sc_data_versions": {}})


def put_release(state: State, call: Call) -> Outcome:
    """Replace the blob of a release; creates one that does not exist."""
    _refuse_schedule(call)
    name, blob = call.params["release"], _object(call.body, "blob")
    found = state.releases.get(name)
    product = call.body.get("product") or (found.product if found else None)
    if not isinstance(product, str):
        raise Problem(400, "product is required")
    release = found or Release(name, product, {}, data_version=0)
    check_writable(release)
    check_blob(name, product, blob, call.hosts)
    if release.blob != blob:
        verify(required_by_release(state, name), ())
    return _changed(state, attrs.evolve(release, product=product), blob, call)


def post_release(state: State, call: Call) -> Outcome:
    """Set values of a release, at any depth."""
    _refuse_schedule(call)
    release = find_release(state, call)
    verify(required_by_release(state, release.name), ())
    check_writable(release)
    blob = _merged(release.blob, _object(call.body, "blob"))
    check_blob(release.name, release.product, blob, call.hosts)
    return _changed(state, release, blob, call)


def set_read_only(state: State, call: Call) -> Outcome:
    """Make a release immutable, or mutable again."""
    state, reply = set_whole_read_only(state, call)
    return state, Reply({".": reply.body["new_data_version"]})


def set_pin(state: State, call: Call) -> Outcome:
    """Point a pin at a release, now or later; a pin never goes back to an older release."""
    release = find_release(state, call)
    product, channel, version = (
        str(call.body.get(key)) for key in ("product", "channel", "version")
    )
    try:
        read_pin(version)
    except NoAnswer as error:
        raise Problem(400, error.text) from None
    key = (product, channel, version)
    pinned = state.pins.get(key)
    if pinned and _is_newer(state, pinned.mapping, release.name):
        return state, Reply({"pin_not_set": True, "reason": "existing_pin_is_newer"})
    what = {"product": product, "channel": channel, "version": version, "mapping": release.name}
    if call.body.get("when"):
        return schedule_pin(state, call, what)
    number = pinned.data_version + 1 if pinned else 1
    return with_entry(state, "pins", key, Pinned(release.name, number)), Reply({".": number})


def _is_newer(state: State, name: str, other: str) -> bool:
    """Whether a release has a higher version than another, by their top-level data."""
    texts = [state.releases[one].blob.get("appVersion") for one in (name, other)]
    if not all(texts):
        return False
    return read_version(str(texts[0])) > read_version(str(texts[1]))


def _changed(state: State, release: Release, blob: Json, call: Call) -> Outcome:
    """The state with another blob of a release, if the versions of the changed parts match."""
    given = call.body.get("old_data_versions") or {}
    versions, told = dict(release.locale_versions), {}
    old, new = dict(_locales(release.blob)), dict(_locales(blob))
    for place in {**old, **new}:
        path, said = _path(place), _given(given, place)
        if place not in new:
            check_version(versions.pop(path, 1), said)
        elif place not in old:
            versions[path] = told[place] = 1
        elif old[place] != new[place]:
            if not said:
                raise Problem(400, f"Missing data_version for .{path}")
            check_version(versions.get(path, 1), said)
            versions[path] = told[place] = versions.get(path, 1) + 1
    number = release.data_version
    if _without_locales(release.blob) != _without_locales(blob):
        if number:
            check_version(number, given.get("."))
        number += 1
    made = attrs.evolve(release, blob=blob, data_version=number, locale_versions=versions)
    answer = {**given, ".": number} if number != release.data_version else {**given}
    for place, version in told.items():
        answer = _merged(answer, _nested(place, version))
    return with_entry(state, "releases", release.name, made), Reply(answer)


def _locales(blob: Json) -> Iterator[tuple[Place, Any]]:
    for target, platform in blob.get("platforms", {}).items():
        for locale, said in platform.get("locales", {}).items():
            yield (target, locale), said


def _without_locales(blob: Json) -> Json:
    """The part with one version: everything except locales, and platforms without other data."""
    platforms = {
        target: {key: value for key, value in platform.items() if key != "locales"}
        for target, platform in blob.get("platforms", {}).items()
    }
    said = {target: platform for target, platform in platforms.items() if platform}
    return {**blob, "platforms": said}


def _versions(release: Release) -> Json:
    versions: Json = {".": release.data_version}
    for place, _ in _locales(release.blob):
        number = release.locale_versions.get(_path(place), 1)
        versions = _merged(versions, _nested(place, number))
    return versions


def _path(place: Place) -> str:
    return f"platforms.{place[0]}.locales.{place[1]}"


def _nested(place: Place, value: object) -> Json:
    return {"platforms": {place[0]: {"locales": {place[1]: value}}}}


def _given(versions: Json, place: Place) -> object:
    platform = versions.get("platforms", {}).get(place[0], {})
    return platform.get("locales", {}).get(place[1])


def _merged(old: object, new: object) -> Any:
    """Mappings merged at every depth; for anything else, the new value."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    return {**old, **{key: _merged(old[key], new[key]) if key in old else new[key] for key in new}}


def _object(body: Json, name: str) -> Json:
    value = body.get(name)
    if not isinstance(value, dict):
        raise Problem(400, f"{name} is not an object")
    return value


def _refuse_schedule(call: Call) -> None:
    if call.body.get("when"):
        raise Problem(400, "changes of releases cannot be scheduled on this server")
