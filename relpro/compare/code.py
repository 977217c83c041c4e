"""Takes the current transforms of a project, keeps those imported modules that have not changed.

A module has not changed if its own text and the text of all project modules that it imports are the
same.
"""

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import attrs

#: With these, Python imports modules by computed names.
_FINDING = frozenset({"__import__", "importlib", "pkgutil", "runpy", "exec", "eval"})

#: Stands for any module.
_ANY = "*"


@attrs.frozen(eq=False, repr=False)
class Code:
    """The modules of a package at some time: their texts, and those that were imported."""

    package: str
    texts: Mapping[str, bytes]
    modules: Mapping[str, ModuleType]

    @classmethod
    def read(cls, root: Path, package: str) -> "Code":
        """The texts below `root`; nothing is imported."""
        paths = sorted((root / package).rglob("*.py"))
        return cls(package, {_module(root, path): path.read_bytes() for path in paths}, {})

    def imported(self) -> "Code":
        """The same, with the modules that this process has imported by now."""
        every = {name: sys.modules[name] for name in [*sys.modules] if self._holds(name)}
        return attrs.evolve(self, modules=every)

    def is_same(self, other: "Code") -> bool:
        """Whether all texts are the same."""
        return (self.package, self.texts) == (other.package, other.texts)

    def restore(self, before: "Code | None" = None) -> None:
        """Give this process only modules with these texts: earlier ones if they are the same."""
        # Two saves within a second differ for Python's bytecode cache only if the size does.
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        for name in [*sys.modules]:
            if self._holds(name):
                del sys.modules[name]
        if before is None or self.package != before.package:
            return
        for name, module in before.modules.items():
            if self._is_kept(name, before):
                sys.modules[name] = module
                above, _, last = name.rpartition(".")
                if above in sys.modules:
                    setattr(sys.modules[above], last, module)

    def _is_kept(self, name: str, before: "Code") -> bool:
        if self.texts == before.texts:
            return True
        used = _used(name, before.texts, {*before.texts, *self.texts})
        return all(self.texts.get(one) == before.texts.get(one) for one in used)

    def _holds(self, module: str) -> bool:
        return module == self.package or module.startswith(f"{self.package}.")


def _module(root: Path, path: Path) -> str:
    names = path.relative_to(root).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def _used(name: str, texts: Mapping[str, bytes], every: Iterable[str]) -> set[str]:
    """A module, its parent packages, and all that they import; it may be every one."""
    used: set[str] = set()
    pending = [name]
    while pending:
        module = pending.pop()
        if module in used:
            continue
        used.add(module)
        pending.append(module.rpartition(".")[0])
        named = _imports(texts[module], module) if module in texts else ()
        pending += every if _ANY in named else named
    return used


@lru_cache(maxsize=1024)
def _imports(text: bytes, module: str) -> frozenset[str]:
    """The names of all modules that a module may import; `_ANY` if they are unknown."""
    try:
        return frozenset(_named(ast.parse(text), module))
    except (SyntaxError, ValueError):
        return frozenset([_ANY])


def _named(tree: ast.AST, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name if alias.name.partition(".")[0] not in _FINDING else _ANY
        elif isinstance(node, ast.ImportFrom):
            for source in _sources(node, module):
                yield source if source not in _FINDING else _ANY
                for alias in node.names:
                    yield f"{source}.{alias.name}" if alias.name != "*" else _ANY
        elif isinstance(node, ast.Name) and node.id in _FINDING:
            yield _ANY


def _sources(node: ast.ImportFrom, module: str) -> Iterator[str]:
    """The modules of `from ... import`. A relative name differs in a package and in a module."""
    if not node.level:
        yield node.module or ""
        return
    names = module.split(".")
    for above in (node.level - 1, node.level):
        folder = names[: len(names) - above]
        yield ".".join([*folder, *([node.module] if node.module else [])])
