"""Takes in-tree Python of a taskgraph configuration, finds what it registers, by line.

Nothing is imported: registrations are recognized by decorator or call.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from relpro.errors import Origin

#: Decorator (its last name) -> what it registers.
_DECORATORS: Final[Mapping[str, str]] = {
    "payload_builder": "payload builder",
    "run_task_using": "run handler",
    "run_job_using": "run handler",
    "register_target_task": "target method",
    "_target_task": "target method",
    "register_strategy": "strategy",
    "register_morph": "morph",
    "register_callback_action": "action",
    "group_by": "group-by",
    "set_name": "set-name",
    "fetch_builder": "type of fetch",
    "index_builder": "index type",
    "custom_context": "context",
    "filter_task": "filter",
    "add": "step",
}

#: Those that are also called as functions.
_CALLED: Final = frozenset({"register_strategy", "register_morph"})

#: Calls that format texts.
_FILLING: Final = frozenset({"format", "format_map", "substitute", "substitute_task_fields"})


@attrs.frozen
class Added:
    """Something that Python of the tree registers: its sort, name and function.

    `names` are all texts in the decorator: a handler of `run` names its worker first. `said` are
    its keyword arguments that are texts and numbers.
    """

    sort: str
    names: tuple[str, ...]
    function: str
    where: Origin
    says: str
    said: Mapping[str, str | int] = attrs.field(factory=dict)


@attrs.frozen(eq=False, repr=False)
class Module:
    """One file: its dotted name, registrations, texts by line, and functions.

    `fills` is whether it formats texts, `parameters` those that it adds, by line.
    """

    name: str
    file: str
    added: tuple[Added, ...]
    texts: Mapping[str, int]
    functions: Mapping[str, int]
    parameters: Mapping[str, int]
    says: str
    fills: bool = False
    fault: str = ""

    def origin(self, line: int = 1) -> Origin:
        """A place in the file."""
        return Origin(self.file, line)


def read_modules(folder: Path, shown: str) -> Iterator[Module]:
    """Every Python file below a folder, by path; `shown` is the folder relative to the root."""
    for path in sorted(folder.rglob("*.py")):
        inner = path.relative_to(folder)
        if any(part in {"kinds", "docker", "test", "tests"} for part in inner.parts[:-1]):
            continue
        name = ".".join(inner.with_suffix("").parts).removesuffix(".__init__")
        yield read_module(path, name, f"{shown}/{inner.as_posix()}".lstrip("/"))


def read_module(path: Path, name: str, file: str) -> Module:
    """The registrations of a file; one that is no Python has none, and a `fault`."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        return Module(name, file, (), {}, {}, {}, "", fault=str(error))
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, _Defined)]
    return Module(
        name,
        file,
        tuple(sorted(_added(functions, nodes, file), key=lambda one: one.where.line)),
        _texts(nodes),
        {node.name: node.lineno for node in functions},
        dict(_parameters(nodes)),
        _first_line(tree),
        fills=any(isinstance(n, ast.Call) and _last_name(n.func) in _FILLING for n in nodes),
    )


#: Nodes that can have a decorator.
_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _added(functions: Sequence[_Defined], nodes: list[ast.AST], file: str) -> Iterator[Added]:
    decorators = [(node, one) for node in functions for one in node.decorator_list]
    for node, decorator in decorators:
        if sort := _sort(decorator.func if isinstance(decorator, ast.Call) else decorator):
            names = tuple(_names(decorator)) or (node.name,)
            where, said = Origin(file, node.lineno), dict(_said(decorator))
            yield Added(sort, names, node.name, where, _first_line(node), said)
    decorating = {decorator for _, decorator in decorators}
    for call in nodes:
        if isinstance(call, ast.Call) and call not in decorating:
            names = tuple(_names(call)) if _last_name(call.func) in _CALLED else ()
            if names:
                yield Added(_sort(call.func), names, "", Origin(file, call.lineno), "")


def _sort(called: ast.expr) -> str:
    """The sort of a registration; empty for another decorator."""
    last = _last_name(called)
    if last == "add" and _first_name(called) == "verifications":
        return "verification"
    return _DECORATORS.get(last, "")


def _names(node: ast.expr) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    for part in (*node.args, *(key.value for key in node.keywords if key.arg == "name")):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _said(node: ast.expr) -> Iterator[tuple[str, str | int]]:
    for key in node.keywords if isinstance(node, ast.Call) else ():
        value = key.value
        if key.arg and isinstance(value, ast.Constant) and isinstance(value.value, str | int):
            yield key.arg, value.value


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _first_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _texts(nodes: list[ast.AST]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.setdefault(node.value, node.lineno)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id.replace("_", "-"), node.lineno)
    return found


def _parameters(nodes: list[ast.AST]) -> Iterator[tuple[str, int]]:
    """The names of parameters that a call of `extend_parameters_schema` adds.

    They are in the call, or in the mapping or annotated class that it names.
    """
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    assigned = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in nodes:
        if not isinstance(call, ast.Call) or _last_name(call.func) != "extend_parameters_schema":
            continue
        for schema in call.args[:1]:
            named = _last_name(schema)
            if named in classes:
                yield from _annotated(classes[named])
            else:
                yield from _keys(assigned.get(named, schema))


def _annotated(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id, part.lineno


def _keys(node: ast.expr) -> Iterator[tuple[str, int]]:
    """The text keys of the outermost mapping of an expression."""
    if isinstance(node, ast.Dict):
        for key in node.keys:
            for part in ast.walk(key) if key else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value, part.lineno
                    break
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _keys(argument)


def _first_line(node: ast.Module | _Defined) -> str:
    said = (ast.get_docstring(node) or "").strip()
    return said.splitlines()[0].strip() if said else ""
