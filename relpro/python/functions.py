"""Takes a dotted name of the project, gives the function, module or value.

Its failures are reported as mistakes of its author, not as bugs of relpro.
"""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, TypeVar

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.python.failure import (
    FAILURES,
    SEE_TRACEBACK,
    NotImported,
    import_of,
    leave_debugger,
    place_of,
    words_of,
)

Value = TypeVar("Value")

_GIVES: Mapping[Any, str] = {str: "text", Mapping: "a mapping"}


@attrs.frozen
class Role:
    """The purpose of a function.

    `named_by` says what names it, such as "look-up `release-history`", and `where` is the place of
    the name; `code` is that of the error if there is no such function. `parameters` are its
    arguments, `gives` is the type of its result, and `words` name that type if it is neither text
    nor a mapping; `expected` are exceptions that count as results. With `each`, it returns an
    iterable of that type, such as a generator, which is consumed during the call.
    """

    named_by: str
    where: Origin
    code: str
    parameters: str
    gives: type | UnionType
    expected: tuple[type[Exception], ...] = ()
    words: str = ""
    each: type | None = None


def project_function(name: str, role: Role) -> Callable[..., Any]:
    """The function called `package.module.function`.

    Raises `RelproError` if it cannot be found; the function raises `RelproError` (T410) if it
    fails, or returns a wrong type.
    """
    module = _import(name, name.rpartition(".")[0], role)
    function = vars(module).get(name.rpartition(".")[2]) if module else None
    if module is None or not callable(function):
        raise _missing(name, role)
    return attributed_to(name, function, role)


def attributed_to(name: str, function: Callable[..., Any], role: Role) -> Callable[..., Any]:
    """A function of the project, whose failures are reported under its name."""
    relative = _relative_to(sys.modules[function.__module__])

    @functools.wraps(function)
    def attributed(*arguments: object) -> object:
        try:
            given = function(*arguments)
            if role.each:
                given = tuple(given)
        except RelproError:
            raise
        except FAILURES as error:
            leave_debugger(error)
            if isinstance(error, role.expected):
                raise
            what = f"`{name}` failed: {words_of(error)}"
            raise _failed(what, role, place_of(error, relative), raised=error) from None
        if not (_all_are(given, role.each) if role.each else isinstance(given, role.gives)):
            got = "nothing" if given is None else f"`{given!r}`"
            wanted = role.words or _GIVES.get(role.gives)
            raise _failed(f"`{name}` gave {got}, not {wanted}", role)
        return given

    return attributed


def _all_are(given: Iterable[object], of: type) -> bool:
    return all(isinstance(one, of) for one in given)


def project_value(name: str, role: Role, of: type[Value]) -> Value:
    """The value called `package.module.name`.

    Raises `RelproError`, K253 if its type is not `of`.
    """
    module = _import(name, name.rpartition(".")[0], role)
    missing = object()
    value = vars(module).get(name.rpartition(".")[2], missing) if module else missing
    if value is missing:
        what = f"{role.named_by} names `{name}`, which cannot be found"
        remedy = f"write `{name.rpartition('.')[2]} = {role.words}` in `{name.rpartition('.')[0]}`"
        raise RelproError(Diagnostic(role.code, what, (role.where,), remedy=remedy))
    if not isinstance(value, of):
        what = f"`{name}` is `{value!r}`, not {role.words}"
        raise RelproError(Diagnostic("K253", what, (role.where,), role.named_by))
    return value


def project_module(name: str, role: Role) -> ModuleType:
    """The module called `package.module`, whatever its content. Raises `RelproError`."""
    module = _import(name, name, role)
    if module is None:
        what = f"{role.named_by} names `{name}`, which cannot be found"
        remedy = f"write module `{name}` of the project, or say it as it is called"
        raise RelproError(Diagnostic(role.code, what, (role.where,), remedy=remedy))
    return module


def _import(name: str, module_name: str, role: Role) -> ModuleType | None:
    try:
        return import_of(module_name) if module_name else None
    except NotImported as error:
        if error.is_absent(module_name):
            return None
        why = f"it needs `{error.missing}`, which is not installed" if error.missing else error
        raise _failed(f"`{name}` cannot be imported: {why}", role) from None


def _relative_to(module: ModuleType) -> Callable[[str], str]:
    """Makes paths below the folder of an imported module relative."""
    names = module.__name__.split(".")
    depth = len(names) if hasattr(module, "__path__") else len(names) - 1
    root = Path(module.__file__ or "").parents[depth]
    return lambda path: path.removeprefix(f"{root}/")


def _missing(name: str, role: Role) -> RelproError:
    module, _, function = name.rpartition(".")
    what = f"{role.named_by} names `{name}`, which cannot be found"
    remedy = f"write function `{function}({role.parameters})` in `{module}`"
    return RelproError(Diagnostic(role.code, what, (role.where,), remedy=remedy))


def _failed(
    what: str, role: Role, *places: Origin, raised: BaseException | None = None
) -> RelproError:
    where = (role.where, *places)
    remedy = SEE_TRACEBACK if raised else ""
    return RelproError(Diagnostic("T410", what, where, role.named_by, "", remedy, raised=raised))
