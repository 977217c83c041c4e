"""Takes `policy` of `kinds/config.yml`, gives it typed."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.errors import Origin
from relpro.model.policy import Families, Localisation, Named, Notarization, Period, Policy
from relpro.values import duration, flag, list_of, templated, text
from relpro.values.names import a_name, bucket_folder, glob, named, phase, place_kind, some_text
from relpro.values.validators import seconds

_names = list_of(a_name)
_patterns = list_of(some_text)
_globs = list_of(glob)

#: The schema of `policy`.
SCHEMA = {
    Optional("compile-kinds"): _names,
    Optional("rebuilt-products"): _names,
    Optional("release-scopes"): _patterns,
    Optional("staging-scopes"): _patterns,
    Optional("signatures"): {
        Optional("except"): {named: _patterns},
        Optional("made-of-signed"): {named: _patterns},
    },
    Optional("signing-formats"): {
        Required("servers"): {named: _names},
        Optional("without-server"): _names,
    },
    Optional("notarization"): {
        Required("kinds"): _names,
        Required("platforms"): _patterns,
        Required("artifacts"): _patterns,
    },
    Optional("localisation"): {
        Required("changesets"): text,
        Required("platform"): text,
        Required("kinds"): {named: _patterns},
    },
    Optional("said-by-name"): {Required("keys"): _names, Required("by"): _names},
    Optional("push-to-ship"): duration,
    Optional("dependency-tiers"): flag,
    Optional("rewriting-kinds"): {named: {place_kind: _globs}},
    Optional("downloads-without-files"): _patterns,
    Optional("shared-files"): _patterns,
    Optional("owned-folders"): {named: list_of(bucket_folder)},
    Optional("never-pushed"): _globs,
    Optional("earliest-phases"): {place_kind: {phase: templated(_patterns)}},
    Optional("shared-pools"): _globs,
    Optional("families"): {
        Required("folder"): some_text,
        Required("released-by"): list_of(a_name, some=True),
        Required("platforms"): {named: a_name},
        Required("files"): {named: list_of(some_text, some=True)},
        Optional("absent"): {named: templated([text])},
        Optional("history"): some_text,
    },
}

Data = Mapping[str, Any]


def policy_of(data: Data, origin: Origin) -> Policy:
    """The policy in checked data."""
    formats = data.get("signing-formats", {})
    return Policy(
        compile_kinds=tuple(data.get("compile-kinds", ())),
        rebuilt_products=tuple(data.get("rebuilt-products", ())),
        release_scopes=tuple(data.get("release-scopes", ())),
        staging_scopes=tuple(data.get("staging-scopes", ())),
        requires_signatures="signatures" in data,
        unsigned=_listed(data.get("signatures", {}).get("except", {})),
        made_of_signed=_listed(data.get("signatures", {}).get("made-of-signed", {})),
        signing_formats=_listed(formats.get("servers", {})),
        local_formats=tuple(formats.get("without-server", ())),
        notarization=_notarization(data.get("notarization")),
        localisation=_localisation(data.get("localisation")),
        said_by_name=_named(data.get("said-by-name")),
        push_to_ship=_period(data.get("push-to-ship")),
        dependency_tiers=data.get("dependency-tiers", False),
        rewriting_kinds={
            kind: _listed(places) for kind, places in data.get("rewriting-kinds", {}).items()
        },
        downloads_without_files=tuple(data.get("downloads-without-files", ())),
        shared_files=tuple(data.get("shared-files", ())),
        owned_folders=_listed(data.get("owned-folders", {})),
        never_pushed=tuple(data.get("never-pushed", ())),
        earliest_phases=data.get("earliest-phases", {}),
        shared_pools=tuple(data.get("shared-pools", ())),
        families=_families(data.get("families")),
        origin=origin,
    )


def _listed(data: Data) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(patterns) for name, patterns in data.items()}


def _named(data: Data | None) -> Named | None:
    return None if data is None else Named(frozenset(data["keys"]), frozenset(data["by"]))


def _period(words: str | None) -> Period | None:
    length = seconds(words) if words else None
    return None if words is None or length is None else Period(words, length)


def _families(data: Data | None) -> Families | None:
    if data is None:
        return None
    return Families(
        data["folder"],
        tuple(data["released-by"]),
        data["platforms"],
        _listed(data["files"]),
        data.get("absent", {}),
        data.get("history"),
    )


def _notarization(data: Data | None) -> Notarization | None:
    if data is None:
        return None
    return Notarization(tuple(data["kinds"]), tuple(data["platforms"]), tuple(data["artifacts"]))


def _localisation(data: Data | None) -> Localisation | None:
    if data is None:
        return None
    return Localisation(data["changesets"], data["platform"], _listed(data["kinds"]))
