"""A project's policy for releases; `relpro.verify` implements the rules."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.errors import Origin

_CONFIG = Origin("kinds/config.yml")


@attrs.frozen
class Localisation:
    """The kinds that localize, and their locales.

    `changesets` and `platform` are templates: a mapping of locales, and the name of a task's
    platform in it. `kinds` maps each kind with one task for each locale to the patterns of its
    build platforms.
    """

    changesets: str
    platform: str
    kinds: Mapping[str, tuple[str, ...]]


@attrs.frozen
class Notarization:
    """Artifacts that must be notarized before publishing: patterns of platforms and file names.

    `kinds` are those whose tasks notarize.
    """

    kinds: tuple[str, ...]
    platforms: tuple[str, ...]
    artifacts: tuple[str, ...]


@attrs.frozen
class Named:
    """Values that each release sets by name: `by-*` of these `keys` have no default."""

    keys: frozenset[str]
    by: frozenset[str]


@attrs.frozen
class Period:
    """A duration, as written (such as `21 days`) and in seconds."""

    words: str
    seconds: int


@attrs.frozen
class Families:
    """The files of each platform and locale of a release, below `folder` of any bucket.

    `files` has for each family globs of paths, in which `:platform`, `:locale` and `:previous` (an
    earlier version) stand for what there is one file of each for. What the families `released_by`
    have is released; the others have the same, but for the members that globs in `absent` name by
    those placeholders, in this order: `mac/ja`. `platforms` are the names that `:platform` may have
    -> those by which `history` calls them: platform -> locale -> archive -> earlier release.
    `folder`, `history` and what is in `absent` are templates.
    """

    folder: str
    released_by: tuple[str, ...]
    platforms: Mapping[str, str]
    files: Mapping[str, tuple[str, ...]]
    absent: Mapping[str, Any]
    history: str | None = None


@attrs.frozen
class Policy:
    """The policy of a project; missing parts are empty.

    Tasks of `compile_kinds` are made only in the build phase, except for `rebuilt_products`.
    `release_scopes` are patterns of production scopes, `staging_scopes` of their staging
    counterparts. Where it `requires_signatures`, `unsigned` maps a kind to patterns of the names of
    its files that are published without one, `made_of_signed` to those that only pack what was
    signed. `said_by_name` are values without defaults. `push_to_ship` is the longest time from a
    push to the shipping of what it built. `signing_formats` are what the servers have, by
    certificate; `local_formats` need none. With `dependency_tiers`, no task waits for one of a
    higher tier in Treeherder. Tasks of `rewriting_kinds` may write places that another task writes:
    globs of keys, by kind of place. `downloads_without_files` are patterns of paths that download
    names lead to and that need not be uploaded, `shared_files` of files that fit several platforms.
    `owned_folders` are the folders of each bucket below which objects may be written; where there
    are none, any may. `never_pushed` are globs of objects that no task copies to where people get
    them. `earliest_phases` are patterns of keys, by kind of place and by the phase from which on
    they may be written: a template. `shared_pools` are globs of worker pools that are the same at
    every level. `families` are the files that each platform and locale has.
    """

    compile_kinds: tuple[str, ...] = ()
    rebuilt_products: tuple[str, ...] = ()
    release_scopes: tuple[str, ...] = ()
    staging_scopes: tuple[str, ...] = ()
    requires_signatures: bool = False
    unsigned: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    made_of_signed: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    signing_formats: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    local_formats: tuple[str, ...] = ()
    notarization: Notarization | None = None
    localisation: Localisation | None = None
    said_by_name: Named | None = None
    push_to_ship: Period | None = None
    dependency_tiers: bool = False
    rewriting_kinds: Mapping[str, Mapping[str, tuple[str, ...]]] = attrs.field(factory=dict)
    downloads_without_files: tuple[str, ...] = ()
    shared_files: tuple[str, ...] = ()
    owned_folders: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    never_pushed: tuple[str, ...] = ()
    earliest_phases: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    shared_pools: tuple[str, ...] = ()
    families: Families | None = None
    origin: Origin = _CONFIG

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds in the policy."""
        notarizing = self.notarization.kinds if self.notarization else ()
        localising = self.localisation.kinds if self.localisation else ()
        return (
            *self.compile_kinds,
            *self.rewriting_kinds,
            *self.unsigned,
            *self.made_of_signed,
            *notarizing,
            *localising,
        )
