"""Takes scopes and roles; gives what they satisfy, and the missing part of a scope expression."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

#: The scopes that deployments usually grant to everybody, for reading.
PUBLIC = (
    "auth:current-scopes",
    "hooks:get:*",
    "hooks:list-hooks:*",
    "index:find-task:*",
    "index:list-namespaces:*",
    "index:list-tasks:*",
    "queue:claimed-count:*",
    "queue:get-artifact:public/*",
    "queue:get-task:*",
    "queue:list-artifacts:*",
    "queue:list-dependent-tasks:*",
    "queue:list-task-group:*",
    "queue:pending-count:*",
    "queue:status:*",
)


@attrs.frozen
class AllOf:
    """Every part is needed."""

    parts: tuple["Expression", ...]


@attrs.frozen
class AnyOf:
    """One part is enough."""

    parts: tuple["Expression", ...]


Expression = str | AllOf | AnyOf


@attrs.frozen(slots=False)
class ScopeSet:
    """Somebody's scopes; one that ends in `*` covers all with that prefix."""

    scopes: frozenset[str]

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes of the patterns; the shortest, hence widest, first."""
        return tuple(sorted((s[:-1] for s in self.scopes if s.endswith("*")), key=len))

    def satisfies(self, scope: str) -> bool:
        """Whether a scope is covered."""
        return scope in self.scopes or scope.startswith(self.prefixes)

    def lacks(self, expression: Expression) -> Expression | None:
        """The part of the expression that is not satisfied; None if all of it is."""
        if isinstance(expression, str):
            return None if self.satisfies(expression) else expression
        parts = [self.lacks(part) for part in expression.parts]
        missing = tuple(part for part in parts if part is not None)
        if isinstance(expression, AnyOf):
            return None if len(missing) < len(parts) else AnyOf(missing)
        return AllOf(missing) if missing else None


def to_json(expression: Expression) -> object:
    """An expression in the format of the services' messages."""
    if isinstance(expression, str):
        return expression
    name = "AllOf" if isinstance(expression, AllOf) else "AnyOf"
    return {name: [to_json(part) for part in expression.parts]}


def expand(scopes: Iterable[str], roles: Mapping[str, tuple[str, ...]]) -> ScopeSet:
    """All scopes that these imply, by `assume:<role>`, patterns and `<..>` (auth API, roles)."""
    found: dict[str, None] = {}
    todo = list(scopes)
    while todo:
        scope = todo.pop()
        if scope in found:
            continue
        found[scope] = None
        for role, granted in roles.items():
            rest = assumed(scope, role)
            if rest is not None:
                todo.extend(parameterised(grant, rest) for grant in granted)
    return ScopeSet(frozenset(found))


def assumed(scope: str, role: str) -> str | None:
    """The replacement of `<..>` if the scope assumes the role; None if it does not."""
    wanted = f"assume:{role}"
    if role.endswith("*"):
        if scope.startswith(wanted[:-1]):
            return scope[len(wanted) - 1 :]
    elif scope == wanted:
        return ""
    return "*" if scope.endswith("*") and wanted.startswith(scope[:-1]) else None


def parameterised(grant: str, rest: str) -> str:
    """A role's scope with `<..>` replaced; text after a `*` is cut off."""
    before, found, after = grant.partition("<..>")
    if not found:
        return grant
    return before + rest if rest.endswith("*") else before + rest + after


def normalised(scopes: Iterable[str]) -> list[str]:
    """Scopes sorted, without those that a pattern among them covers."""
    held = sorted(set(scopes))
    patterns = [scope[:-1] for scope in held if scope.endswith("*")]
    return [
        scope
        for scope in held
        if not any(scope.startswith(p) and scope != f"{p}*" for p in patterns)
    ]
