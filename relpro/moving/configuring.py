"""The inputs of translating the configuration, and the Python that must be written for it."""

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
    """An extension in the configuration that must be written.

    `role` is the kind of skeleton; `name` is its name in taskgraph; `place` is its source, as
    `file:line`; `keys` are the keys that tasks use, `said` the arguments of its decorator.
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
    """The repository, its kinds, and the places for notes and extensions."""

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
        """The content of the configuration."""
        return self.source.data  # type: ignore[no-any-return]

    def hand(self, path: tuple[str | int, ...], what: str, why: str) -> None:
        """Add a note about manual work for a part of the configuration."""
        self.book.hand(self.source.origin(*path), what, why)

    def add(self, role: str, name: str, place: str, **more: Any) -> str:
        """The dotted name of the module in which an extension must be written.

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
        """The same for an extension that Python of the tree registers; adds a note.

        Its name is `name`, or that in its decorator.
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
        """The products, as far as they are known; else the trust domain."""
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
