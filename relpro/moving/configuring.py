"""What the configuration is translated with, and what of it is to be written in Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.moving.kinds import MovedKind
from relpro.moving.merged import alternatives, as_mapping
from relpro.moving.naming import Naming
from relpro.moving.notes import Notebook
from relpro.moving.python_code import Added
from relpro.moving.reading import Source
from relpro.moving.repository import Repository
from relpro.values.names import is_label


@attrs.frozen(eq=False, repr=False)
class Extension:
    """Something of the project's own that the configuration names, and which is to be written.

    `role` says what kind of skeleton it is; `name` is what taskgraph calls it; `place` says where
    it was, as `file:line`; `keys` are what tasks write for it, `said` what its decorator says.
    """

    role: str
    module: str
    name: str
    place: str
    says: str = ""
    keys: tuple[str, ...] = ()
    said: Mapping[str, str | int] = attrs.field(factory=dict)


@attrs.frozen(eq=False, repr=False)
class Configuring:
    """The repository, its kinds, and where notes and extensions are kept."""

    repository: Repository
    kinds: Sequence[MovedKind]
    naming: Naming
    book: Notebook
    extensions: list[Extension] = attrs.field(factory=list, init=False)

    @property
    def source(self) -> Source:
        """The file of the configuration."""
        return self.repository.config

    @property
    def said(self) -> Mapping[str, Any]:
        """What stands in it."""
        return self.source.data  # type: ignore[no-any-return]

    def hand(self, path: tuple[str | int, ...], what: str, why: str) -> None:
        """Note what a hand must do about a part of the configuration."""
        self.book.hand(self.source.origin(*path), what, why)

    def add(self, role: str, name: str, place: str, **more: Any) -> str:
        """The dotted name of the module in which something is to be written.

        `more` are further fields of its `Extension`.
        """
        module = self.naming.extension(role, name)
        named = {one.module: one.name for one in self.extensions}
        while named.get(module, name) != name:
            module = f"{module}_too"
        if module not in named:
            self.extensions.append(Extension(role, module, name, place, **more))
        return module

    def added(
        self, role: str, added: Added, keys: Iterable[str] = (), *, name: str | None = None
    ) -> str:
        """The same for what Python of the tree registers; a note is made of it.

        It is called `name`, or as its decorator calls it.
        """
        name = name or (added.names[-1] if role == "run" else added.names[0])
        more = {"says": added.says, "keys": tuple(keys), "said": added.said}
        module = self.add(role, name, str(added.where), **more)
        self.book.hand(added.where, f"{added.sort} `{name}`", f"write `{module}`")
        return module

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """Every entry of every kind."""
        return (entry.data for kind in self.kinds for entry in kind.entries)

    def products(self) -> list[str]:
        """What is released, as far as anything says it; else the trust domain."""
        found = [str(one) for one in (self.said.get("index") or {}).get("products") or ()]
        for entry in self.entries():
            said = alternatives(entry.get("shipping-product"))
            found += [one for one in said if isinstance(one, str)]
        flavors = (self.said.get("release-promotion") or {}).get("flavors") or {}
        found += [as_mapping(one).get("product", "") for one in flavors.values()]
        if product := (self.said.get("shipit") or {}).get("product"):
            found.append(product)
        names = [one for one in dict.fromkeys(map(str, found)) if is_label(one)]
        return names or [self.said["trust-domain"]]
