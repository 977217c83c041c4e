"""Takes rows of parameters and keys of workers, writes right and wrong values of each.

What a row says is the judge: with a right value there is a whole graph, a wrong one is refused at
the line of the culprit, at whatever level.
"""

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from relpro.errors import RelproError
from relpro.parameters.holds import Anything, Holds, ListOf, MappingOf, RecordOf, Scalar
from relpro.parameters.known import PARAMETERS
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.stock.workers.payload import Implementation
from relpro.yaml.document import parse
from tests.fuzz.desk import Desk
from tests.fuzz.mutation import VALUES, as_yaml, mutated
from tests.fuzz.running import Case, Fault, Ran, relpro, taken
from tests.stock.workers.examples import EXAMPLES, FURTHER
from tests.stock.workers.making import ALIASES, CONFIG

_NAMES = ("de", "linux64", "a.mar", "release-partner-repack", "ü", "x y", "1")


def _read(value: Any) -> Any:
    """A value as it is read again: numbers that JSON does not hold are texts in YAML."""
    return parse(as_yaml({"x": value}), "x").data["x"]


#: What a file of parameters cannot hold: it is refused before any row is asked.
_NO_YAML = ("\0", 2**53 + 1)
_VALUES = tuple(_read(value) for value in VALUES if value not in _NO_YAML)
#: At the bounds of rows, and beyond.
_BOUNDS = (100, 101, 2**31 - 1, 2**31, 2**53 - 1)
#: Right ones of the scalars that take little.
_FITTING = (
    *_BOUNDS,
    *("3", "hg-push", "git", "20250715120000", "2030-01-01T00:00:00Z", "https://example.com/a"),
    *_VALUES,
)
#: What names a thing that the project must have.
_NAMES_SOMETHING = {"release_product", "do_not_optimize", "target_tasks_method"}


def right(holds: Holds, rng: Random) -> Any:
    """A value that the row takes."""
    match holds:
        case Scalar() | Anything():
            return rng.choice([one for one in _FITTING if not any(holds.misfits(one))])
        case ListOf(item):
            return [right(item, rng) for _ in range(rng.randrange(3))]
        case MappingOf(value):
            return {name: right(value, rng) for name in rng.sample(_NAMES, 2)}
        case RecordOf(required, optional, others):
            known = {
                **required,
                **{name: optional[name] for name in optional if rng.random() < 0.5},
            }
            made = {name: right(one, rng) for name, one in known.items()}
            more = () if rng.random() < 0.5 else (rng.choice(_NAMES),)
            return {**{name: right(others, rng) for name in more}, **made}
    raise AssertionError(holds)


def wrong(holds: Holds, rng: Random) -> Any:
    """A value that the row does not take: of another type, or with such a part."""
    inner: list[Holds] = []
    match holds:
        case ListOf(item):
            inner = [item]
        case MappingOf(value):
            inner = [value]
        case RecordOf(required, optional, others):
            known = {**required, **optional}
            if known and rng.random() < 0.4:
                name = rng.choice(tuple(known))
                return {**right(holds, rng), name: wrong(known[name], rng)}
            if required and rng.random() < 0.3:
                value = right(holds, rng)
                del value[rng.choice(tuple(required))]
                return value
            inner = [others]
    if inner and not isinstance(inner[0], Anything) and rng.random() < 0.7:
        part = wrong(inner[0], rng)
        return [part] if isinstance(holds, ListOf) else {**right(holds, rng), "broken": part}
    return copy.deepcopy(
        rng.choice([one for one in (*_VALUES, *_BOUNDS) if any(holds.misfits(one))])
    )


def parameters(folder: Path) -> Case:
    """A parameter with a right value, or with a wrong one, in a whole graph."""
    desk = Desk.of(folder)
    base = {**desk.parameters, "release_product": None}

    def case(rng: Random) -> Fault:
        row = rng.choice(PARAMETERS)
        is_right = rng.random() < 0.4 and row.name not in _NAMES_SOMETHING
        value = right(row.holds, rng) if is_right else wrong(row.holds, rng)
        if value is None and row.null:
            is_right = True
        text = as_yaml({**base, row.name: value})
        file = desk.file("p.yml", text)
        ran = relpro("graph", "-r", str(desk.app), "-p", file, "--format", "json")
        if fault := ran.fault:
            return f"{row.name}: {value!r}: {fault}"
        if is_right:
            return f"{row.name}: {value!r} is right: {ran.err}" if ran.code else ""
        start, end = _lines(text, row.name)
        places = [int(line) for line in re.findall(r"--> .*p\.yml:(\d+)", ran.err)]
        at_its_line = places and all(start <= place < end for place in places)
        if ran.code != 2 or not at_its_line:
            return (
                f"{row.name}: {value!r} is wrong, in lines {start} to {end}: {ran.err or ran.out}"
            )
        return ""

    return case


def _lines(text: bytes, *path: str) -> tuple[int, int]:
    """The line of a key, and that of the next key of the same mapping, or of the end."""
    document = parse(text, "p.yml")
    start = document.locations.origin(*path).line
    above: Any = document.data
    for step in path[:-1]:
        above = above[step]
    lines = sorted(document.locations.origin(*path[:-1], key).line for key in above)
    return start, next((line for line in lines if line > start), len(text))


#: What tasks, files and places are to each other, and what schema and script say of a whole body:
#: no row of a key alone can say it. T411 is a builder's: which commands a system takes.
_OF_A_WHOLE = {"G304", "G305", "G311", "G312", "G331", "G363", "T411"}
_KINDS = {
    "build/build.yml": {
        "description": "Build.",
        "kind-dependencies": ["docker-image"],
        "tasks": {
            "t": {
                "description": "Builds",
                "worker-type": "linux",
                "shipping-product": "app",
                "worker": {
                    "docker-image": {"in-tree": "builder"},
                    "max-run-time": 3600,
                    "command": ["make"],
                    "chain-of-trust": True,
                    "artifacts": [{"name": "public", "type": "directory", "path": "/builds"}],
                },
            }
        },
    },
    "build/docker-image.yml": {
        "description": "Images.",
        "tasks": {"builder": {"description": "An image", "worker-type": "succeed"}},
    },
}


def workers(folder: Path) -> Case:
    """A worker with one of its keys changed, in a whole graph."""
    aliases = [alias for alias in ALIASES if alias[0] not in {"wrong", "stray"}]
    kinds = folder / "kinds"
    for name, content in {**_KINDS, "config.yml": None}.items():
        path = kinds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_yaml(content) if content else _configuration(aliases))
    implementations = {alias[0]: alias[3] for alias in aliases} | {
        "signing": "scriptworker-signing"
    }
    sign = kinds / "promote" / "sign.yml"
    sign.parent.mkdir()

    def graph(content: Any) -> Ran:
        sign.write_bytes(as_yaml(content))
        return relpro("graph", "-r", str(folder), "--format", "json")

    for alias, worker in EXAMPLES.values():
        taken(graph(_sign(alias, worker)))
    examples = [example for example in EXAMPLES.values() if example[1]]

    def case(rng: Random) -> Fault:
        alias, worker = rng.choice(examples)
        row = IMPLEMENTATIONS[implementations[alias]]
        if rng.random() < 0.3:
            like = [more for one, more in examples if one == alias]
            return _together(graph, alias, _mixed(worker, like, rng), row)
        said = {**worker, **FURTHER.get(implementations[alias], {})}
        key = rng.choice([key for key in said if key in row.known])
        value = mutated(said[key], rng)
        changed = _sign(alias, {**worker, key: value})
        ran = graph(changed)
        told = f"{alias} {key}: {value!r}"
        if fault := ran.fault:
            return f"{told}: {fault}"
        if not _is_held(value):
            return "" if ran.code == 2 else f"{told}: {ran.out[:500]}"
        if _is_made_later(value):
            return ""
        if row.takes(key, _read(value)):
            codes = set(re.findall(r"error\[(\w+)\]", ran.err)) - _OF_A_WHOLE
            return f"{told} is right: {ran.err}" if codes else ""
        return _refused_in(ran, _lines(as_yaml(changed), "tasks", "t", "worker", key), told)

    return case


def _together(
    graph: Callable[[Any], Ran], alias: str, worker: Mapping[str, Any], row: Implementation
) -> Fault:
    """What is wrong with how right keys end, of which one may be missing, or one is not known.

    Which go together, the body's schema and the script say.
    """
    ran = graph(_sign(alias, worker))
    if ran.fault or ran.code == 2:
        return ran.fault
    lacks, strange = row.required - worker.keys(), worker.keys() - row.known
    return f"{alias} without {lacks}, with {strange}: {ran.out[:500]}" if lacks or strange else ""


def _configuration(aliases: Iterable[Sequence[str]]) -> bytes:
    keys = ("provisioner", "worker-type", "implementation", "os")
    said = [
        f"    {name}: {json.dumps(dict(zip(keys, more, strict=True)))}" for name, *more in aliases
    ]
    # Commands are made up, and so are their programs.
    known = "programs: {known: ['*']}\nparameters: {inputs: {version: {default: '92.0.1'}}}\n"
    return (CONFIG.replace("ALIASES", "\n".join(said)) + known).encode()


def _mixed(worker: Mapping[str, Any], like: list[Mapping[str, Any]], rng: Random) -> Any:
    """A worker with a key of another of its script, and perhaps without one of its own."""
    mixed = dict(worker)
    if rng.random() < 0.5:
        del mixed[rng.choice(tuple(mixed))]
    other = rng.choice((*like, {"stray": 3}))
    key = rng.choice(tuple(other))
    return {**mixed, key: other[key]}


def _is_held(value: Any) -> bool:
    """Whether YAML may have a value: else it is refused before any row is asked."""
    try:
        _read(value)
    except RelproError:
        return False
    return True


def _refused_in(ran: Ran, lines: tuple[int, int], told: str) -> Fault:
    places = [int(line) for line in re.findall(r"--> kinds/promote/sign\.yml:(\d+)", ran.err)]
    if ran.code == 2 and any(lines[0] <= place < lines[1] for place in places):
        return ""
    return f"{told} is wrong, in lines {lines[0]} to {lines[1]}: {ran.err or ran.out[:500]}"


def _sign(alias: str, worker: Mapping[str, Any]) -> Any:
    task = {
        "description": "Signs",
        "worker-type": alias,
        "shipping-product": "app",
        "dependencies": {"build": "build-t"},
        "worker": worker,
    }
    needs = ["build", "docker-image"]
    return {"description": "Sign.", "kind-dependencies": needs, "tasks": {"t": task}}


def _is_made_later(value: Any) -> bool:
    """Whether a template, a choice or a reference may still become what is wanted."""
    text = json.dumps(value)
    return value in ({}, []) or "by-" in text or re.search(r"[^$]\{[a-z]|<\w", text) is not None
