"""Takes the dotted name of a function of the project, gives the function.

What goes wrong in it is told as its author's mistake, not as a bug of ours.
"""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.python.failure import (
    SEE_TRACEBACK,
    NotImported,
    import_of,
    leave_debugger,
    place_of,
    words_of,
)

_GIVES: Mapping[type, str] = {str: "text", Mapping: "a mapping"}


@attrs.frozen
class Role:
    """For what a function is called.

    `named_by` says what names it, such as "look-up `release-history`", and `where` stands the name;
    `code` is that of the error when there is no such function. `parameters` are what it takes,
    `gives` is the type of its result, `expected` are exceptions that are answers too.
    """

    named_by: str
    where: Origin
    code: str
    parameters: str
    gives: type
    expected: tuple[type[Exception], ...] = ()


def project_function(name: str, role: Role) -> Callable[..., Any]:
    """The function called `package.module.function`.

    Raises `RelproError` when it cannot be found; the function raises `RelproError` (T410) when it
    fails, or gives something of another type than it should.
    """
    module = _import(name, role)
    function = vars(module).get(name.rpartition(".")[2]) if module else None
    if module is None or not callable(function):
        raise _missing(name, role)
    relative = _relative_to(module)

    @functools.wraps(function)
    def attributed(*arguments: Any) -> Any:
        try:
            given = function(*arguments)
        except RelproError:
            raise
        except Exception as error:
            leave_debugger(error)
            if isinstance(error, role.expected):
                raise
            what = f"`{name}` failed: {words_of(error)}"
            raise _failed(what, role, place_of(error, relative), raised=error) from None
        if not isinstance(given, role.gives):
            got = "nothing" if given is None else f"`{given!r}`"
            raise _failed(f"`{name}` gave {got}, not {_GIVES[role.gives]}", role)
        return given

    return attributed


def _import(name: str, role: Role) -> ModuleType | None:
    module_name = name.rpartition(".")[0]
    try:
        return import_of(module_name) if module_name else None
    except NotImported as error:
        if error.is_absent(module_name):
            return None
        why = f"it needs `{error.missing}`, which is not installed" if error.missing else error
        raise _failed(f"`{name}` cannot be imported: {why}", role) from None


def _relative_to(module: ModuleType) -> Callable[[str], str]:
    """Rewrites paths below the folder from which a module was imported."""
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
