"""Takes the keys `treeherder` and `index` of a task, gives its routes and parts of `extra`.

Treeherder shows tasks by platform and symbol, the index finds them by path; both are notified
through routes.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.branch import branch_of
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import TaskDescription
from relpro.stock.settings import misconfigured, release_scope
from relpro.transform.compiler import compile_template
from relpro.transform.context import Context
from relpro.transform.scope import Release, TaskScope
from relpro.transform.section import Refusal
from relpro.transform.template import Template, Unrenderable, Value
from relpro.values.wording import shown

_SYMBOL = re.compile(r"(?P<group>[^()]+)\((?P<symbol>[^()]+)\)")
#: The characters allowed in an index path. Source: the index service, its schema of namespaces.
_JOB = re.compile(r"[A-Za-z0-9!'()~*_%.-]+")
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")

Json = Mapping[str, Any]


def treeherder_route(parameters: Parameters) -> str:
    """The route through which Treeherder learns of every task of a push."""
    return f"tc-treeherder.v2.{parameters.project}.{parameters['head_rev']}"


def treeherder_extra(ctx: Context, said: Json) -> dict[str, object]:
    """`extra.treeherder` for `{symbol, platform, kind, tier}` of an entry.

    Raises `Refusal` for a missing or malformed symbol or platform, `RelproError` (K211) for an
    undeclared group.
    """
    platform, slash, collection = said.get("platform", "").partition("/")
    if not (platform and slash and collection):
        what = "`treeherder` needs a `platform` such as `linux64/opt`"
        raise Refusal(what, path=("treeherder", "platform"))
    if not said.get("symbol"):
        raise Refusal("`treeherder` needs a `symbol`", path=("treeherder", "symbol"))
    if said.get("tier", 1) not in (1, 2, 3):
        raise Refusal(f"there is no tier {said['tier']}", "say 1, 2 or 3", ("treeherder", "tier"))
    return {
        **_symbols(ctx, said["symbol"]),
        "collection": {collection: True},
        "machine": {"platform": platform},
        "jobKind": said.get("kind", "other"),
        "tier": said.get("tier", 1),
    }


def _symbols(ctx: Context, written: str) -> dict[str, str]:
    match = _SYMBOL.fullmatch(written)
    if match is None:
        if "(" in written or ")" in written:
            what = f"symbol `{written}` is neither `sym` nor `grp(sym)`"
            raise Refusal(what, path=("treeherder", "symbol"))
        return {"symbol": written}
    groups, group = ctx.config.treeherder_groups, match["group"]
    if group not in groups:
        raise unknown(ctx, "Treeherder group", group, groups, ("treeherder", "symbol"))
    return {"symbol": match["symbol"], "groupSymbol": group, "groupName": groups[group]}


def unknown(
    ctx: Context, what: str, name: str, known: Iterable[str], path: tuple[str, ...]
) -> RelproError:
    """The error (K211) for a `name` that is not among those `known` to the configuration.

    `path` is its path in the entry, `what` its sort for the message.
    """
    return RelproError(
        Diagnostic(
            "K211",
            f"no {what} is called `{name}`",
            (ctx.entry.entry.origin(*path), ctx.config.origin),
            f"kind `{ctx.kind.name}`",
            remedy=meant(name, sorted(known), "add it to the configuration"),
        )
    )


def escaped(name: str) -> str:
    """A name as one part of an index path; anything but letters, digits, `_` and `-` is encoded.

    A dot would start a new part; a slash is not allowed in a route.
    """
    return _UNSAFE.sub(lambda byte: b"%%%02X" % byte[0][0], name.encode()).decode()


def index_project(parameters: Parameters) -> str:
    """The project in index paths; in git, where a project has many branches, with the branch.

    A pull request comes from a branch of a fork, whose name is arbitrary: its number is used
    instead.
    """
    if parameters.tasks_for.startswith("github-pull-request"):
        return f"{parameters.project}.pull-request.{parameters['pull_request_number']}"
    if parameters["repository_type"] != "git":
        return parameters.project
    return indexed_branch(parameters.project, str(parameters["head_ref"]))


def indexed_branch(project: str, ref: str) -> str:
    """The project in index paths, with the branch of a git repository if there is one."""
    return f"{project}.branch.{escaped(branch_of(ref))}" if ref else project


def index_variables(parameters: Parameters) -> dict[str, Value]:
    """Variables of index routes besides those of the release.

    `build_day` is the day of `build_date` (2021.09.22), `build_time` its day and second
    (2021.09.22.20210922161155), both in UTC.
    """
    date = time.gmtime(parameters["build_date"])
    return {
        "index_project": index_project(parameters),
        "build_day": time.strftime("%Y.%m.%d", date),
        "build_time": time.strftime("%Y.%m.%d.%Y%m%d%H%M%S", date),
    }


class _IndexScope:
    """The variables of one task's index routes."""

    __slots__ = ("attributes", "release", "variables")

    def __init__(self, variables: dict[str, Value], attributes: Json, release: TaskScope) -> None:
        self.variables = variables
        self.attributes = attributes
        self.release = release

    def __getitem__(self, name: str) -> Value:
        if name in self.variables:
            return self.variables[name]
        if name in self.attributes:
            return self.attributes[name]
        return self.release[name]


def _rendered(
    templates: Iterable[Template], scope: _IndexScope, locales: Sequence[str] | None
) -> Iterator[str]:
    for template in templates:
        if not locales or "locale" not in template.names:
            yield template.render(scope)
            continue
        for locale in locales:
            scope.variables["locale"] = locale
            yield template.render(scope)


@attrs.frozen(eq=False, repr=False)
class Indexer:
    """Makes the index routes of tasks: the templates of each type are compiled once."""

    products: tuple[str, ...]
    types: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Value]
    build_date: int
    release: TaskScope
    compiled: dict[str, tuple[Template, ...]] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, config: GraphConfig, parameters: Parameters, release: Release) -> "Indexer":
        """The indexer of one generation."""
        return cls(
            config.index_products,
            config.index_types,
            index_variables(parameters),
            parameters["build_date"],
            release_scope(release),
        )

    def routes(self, ctx: Context, description: TaskDescription) -> list[str]:
        """Every index route of a task; those with a locale once for each of its locales.

        Raises `RelproError` for a type or product that the configuration does not declare (K211)
        and for a route with a variable that the task lacks (T401 to T403).
        """
        said: Json = description.index or {}
        variables = {**self.variables, **self._named(ctx, said)}
        scope = _IndexScope(variables, description.attributes, self.release)
        try:
            return list(_rendered(self._templates(ctx, said), scope, said.get("locales")))
        except Unrenderable as problem:
            where = (ctx.entry.entry.origin("index"), ctx.config.origin)
            raise misconfigured(problem, "index.types", *where) from None

    def _named(self, ctx: Context, said: Json) -> dict[str, Value]:
        product, job = said.get("product"), said.get("job-name")
        if not product or not job:
            raise Refusal("`index` needs a `product` and a `job-name`", path=("index",))
        if not _JOB.fullmatch(job):
            what = f"the index takes letters, digits and `-_.%!~*'()`: `{job}` has others"
            raise Refusal(what, path=("index", "job-name"))
        if not isinstance(said.get("locales", []), list | tuple):
            what = f"`locales` must be a list, and is {shown(said['locales'])}"
            raise Refusal(what, path=("index", "locales"))
        if product not in self.products:
            raise unknown(ctx, "index product", product, self.products, ("index", "product"))
        return {"index_product": product, "job_name": job}

    def _templates(self, ctx: Context, said: Json) -> tuple[Template, ...]:
        name = said.get("type", "generic")
        if name not in self.compiled:
            routes = self.types.get(name)
            if routes is None:
                raise unknown(ctx, "index type", name, self.types, ("index", "type"))
            self.compiled[name] = tuple(map(compile_template, routes))
        return self.compiled[name]

    def rank(self, description: TaskDescription) -> int:
        """`extra.index.rank`: of two tasks with one route, the index keeps the higher rank.

        With the default, `by-tier`, a task of tier 1 is ranked by its date, any other task lowest.
        """
        rank = (description.index or {}).get("rank", "by-tier")
        if rank == "by-tier":
            said = description.treeherder
            rank = "build_date" if said and said.get("tier", 1) == 1 else 0
        if rank == "build_date":
            return self.build_date
        if isinstance(rank, bool) or not isinstance(rank, int):
            what = f"`rank` is rendered to {shown(rank)}, not to a whole number"
            raise Refusal(what, path=("index", "rank"))
        return rank
