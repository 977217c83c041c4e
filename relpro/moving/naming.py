"""Takes extensions that must be written, gives distinct names for their modules."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from relpro.moving.chain import Step

#: The default package of a project's Python.
PACKAGE: Final = "transforms"

_NO_SIGN: Final = re.compile(r"\W+")


@attrs.frozen
class Naming:
    """Names of modules in one package; `taken` are (module, object) -> the name of its module."""

    package: str
    taken: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, package: str, steps: Iterable[Step]) -> "Naming":
        """The names of all transforms and loaders that must be rewritten."""
        names: dict[tuple[str, str], str] = {}
        used = {"code_review"}
        for step in steps:
            key = (step.module, step.name)
            if key in names:
                continue
            last = step.module.rpartition(".")[2]
            name = identifier(
                last if step.name in {"transforms", "loader"} else f"{last}_{step.name}"
            )
            while name in used:
                name = f"{name}_too"
            used.add(name)
            names[key] = name
        return cls(package, names)

    def module_of(self, step: Step) -> str:
        """The dotted name of the module that replaces a transform of the repository."""
        return f"{self.package}.{self.taken[step.module, step.name]}"

    @property
    def code_review(self) -> str:
        """The module of the transform that adds dependencies on reviewed tasks."""
        return f"{self.package}.code_review"

    def extension(self, sort: str, name: str) -> str:
        """The module of an extension in the configuration, such as a payload builder."""
        return f"{self.package}.{identifier(sort)}_{identifier(name)}"


def identifier(text: str) -> str:
    """A text as a Python identifier."""
    made = _NO_SIGN.sub("_", text).strip("_").lower() or "one"
    return f"_{made}" if made[0].isdigit() else made
