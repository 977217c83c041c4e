"""The schema of a file of `kinds/data/` that a transform reads, and how it is read and checked."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import attrs
import voluptuous

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.task import Json
from relpro.transform.compiler import compile_template
from relpro.transform.misfit import fits, keeps_a_type, misfits
from relpro.transform.template import Scope, Template, Unrenderable
from relpro.values import check, templated
from relpro.yaml.document import Document

#: A path in a file, what is wrong there, and the remedy.
Disagreement = tuple[tuple[str | int, ...], str, str]


def _nothing(_content: object) -> Iterable[Disagreement]:
    return ()


@attrs.frozen(eq=False, slots=False)
class DataFile:
    """The schema of a file, as its transform declares it.

    `schema` is written in voluptuous; keyed values and templates are allowed everywhere, or, if the
    schema `is_fixed`, only where it says so: `templated(text)`. `disagreements` checks parts of the
    rendered content of one task against each other.
    """

    schema: Any = attrs.field(repr=False)
    disagreements: Callable[[Any], Iterable[Disagreement]] = _nothing
    is_fixed: bool = False

    @cached_property
    def compiled(self) -> voluptuous.Schema:
        """The schema of the file as written, compiled when first used."""
        return voluptuous.Schema(self.schema if self.is_fixed else templated(self.schema))

    @cached_property
    def strict(self) -> voluptuous.Schema:
        """The schema of the rendered content, compiled when first used."""
        return voluptuous.Schema(self.schema)


@attrs.frozen(eq=False, repr=False)
class DataFiles:
    """The files of the project's `kinds/data/`, each read, checked and compiled once."""

    read: Callable[[str], Document]
    _checked: set[tuple[str, DataFile]] = attrs.field(factory=set, alias="checked")
    _templates: dict[str, Template] = attrs.field(factory=dict, alias="templates")

    def noting(self, noted: dict[str, Document]) -> "DataFiles":
        """The same files; those that are read are added to `noted`, by name."""

        def read(name: str) -> Document:
            return noted.setdefault(name, self.read(name))

        return DataFiles(read, self._checked, self._templates)

    def content(self, name: str, of: DataFile) -> Json:
        """The content of a file as written. Raises `RelproError` (K201, K202, K203, P504, ...).

        All errors are reported at once, each with its place in the file.
        """
        document = self.read(name)
        if (name, of) not in self._checked:
            raise_all(check(of.compiled, document.data, document.locations.origin, ""))
            self._checked.add((name, of))
        return document.data

    def rendered(self, name: str, of: DataFile, scope: Scope) -> Json:
        """The content of a file for a task with the variables in `scope`.

        Raises `RelproError` with a place in the file: as `content` does, for templates that cannot
        be rendered (T401, T402, T403), for rendered values that do not fit (T403), and for parts
        that contradict each other (T411).
        """
        value = self._render(name, of, scope)
        origin = self.read(name).locations.origin
        context = f"for task `{scope['name']}` of kind `{scope['kind']}`"
        if keeps_a_type(self._templates[name]) and not fits(of.strict, value):
            raise_all(misfits(of.strict, value, origin, context))
        raise_all(
            Diagnostic("T411", what, (origin(*path),), context, remedy=remedy)
            for path, what, remedy in of.disagreements(value)
        )
        return value

    def _render(self, name: str, of: DataFile, scope: Scope) -> object:
        content = self.content(name, of)
        try:
            if name not in self._templates:
                self._templates[name] = compile_template(content)
            return self._templates[name].render(scope)
        except Unrenderable as problem:
            raise self.located(name, problem) from None

    def located(self, name: str, problem: Unrenderable) -> RelproError:
        """The error for a template of a file that cannot be rendered, with its place there."""
        place = self.read(name).locations.origin(*problem.path)
        return RelproError(Diagnostic(problem.code, problem.what, (place,), remedy=problem.remedy))
