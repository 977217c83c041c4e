"""Writes a random project, and writes single files of it anew: what kinds read is in every one.

A file follows from its name and a number, so that an edit of it is another number.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Every project has a package of its own, as a process has one of each name.
PACKAGE = "random_transforms"

_PHASES = ("build", "promote", "push", "ship")
_KINDS = 6
_MODULES = 3
_WORDS = ("alpha", "beta", "gamma")

_CONFIG = """\
trust-domain: {domain}
products: [app]
level: '3'
transforms-package: {package}
release-type: release
release-branches: [main]
workers:
  aliases:
    succeed: {{provisioner: built-in, worker-type: succeed, implementation: succeed, os: linux}}
    other: {{provisioner: {pool}, worker-type: succeed, implementation: succeed, os: linux}}
treeherder: {{group-names: {{A: {group}}}}}
task-deadline-after: {deadline}
variables:
  name-of-it: {{by-release-level: {{production: '{word} {{version}}', default: none}}}}
  unused: {word}
target-tasks-method: default
target-methods:
  default: {{phases: [build]}}
  promote: {{phases: [promote], match-product: true}}
  push: {{phases: [promote, push], match-product: true}}
  ship: {{phases: [promote, push, ship], match-product: true}}
parameters: {{inputs: {{version: {{default: '1.0'}}, word: {{default: {word}}}}}}}
release-promotion:
  flavors:
    promote_app: {{phase: promote, product: app, target-tasks-method: promote}}
    push_app: {{phase: push, product: app, target-tasks-method: push}}
    ship_app: {{phase: ship, product: app, target-tasks-method: ship}}
"""

#: What a transform may look at, each as an expression that gives text.
_LOOKS = (
    "ctx.parameters['owner']",
    "str(ctx.parameters['build_number'])",
    "str(ctx.parameters.get('next_version'))",
    "ctx.config.treeherder_groups['A']",
    "str(sorted(ctx.config.workers))",
    "ctx.release_level",
    "str(len(list(ctx.upstream.every())))",
    "str([task.description for task in ctx.upstream.every()])",
    "str(ctx.data('words.yml', task, WORDS))",
    "str([file.digest for file in ctx.tree_files(('tree/*',), ())])",
    "SAID",
    "'nothing'",
)

_MODULE = """\
from relpro import each
from relpro.transform.data_file import DataFile
{imports}

WORDS = DataFile(dict)

@each
def look(ctx, task):
    return task.{change}

transforms = (look,)
"""
_CHANGES = (
    "replace(description=task.description + {look})",
    "with_extra(looked={look})",
    "with_attributes(looked={look})",
)


def write(root: Path, number: int) -> list[str]:
    """Write the project of a number; gives the names of its files."""
    makers = _makers()
    for name, make in makers.items():
        rewrite(root, name, number, make)
    return [*makers]


def rewrite(
    root: Path, name: str, number: int, make: "Callable[[random.Random], str] | None" = None
) -> None:
    """Write one file of a project as that of another number has it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((make or _makers()[name])(random.Random(f"{name} {number}")))


def write_alike(root: Path, name: str) -> None:
    """Write values of a file as others that Python takes for the same, and a mapping anew."""
    path = root / name
    text = path.read_text()
    for old, new in (
        (": 1,", ": true,"),
        (": true", ": 1.0"),
        (": 1.0", ": 1"),
        (": 1}", ": true}"),
    ):
        if old in text:
            path.write_text(text.replace(old, new))
            return
    path.write_text(text.replace("{a: 1, b: 2}", "{b: 2, a: 1}"))


def _makers() -> dict[str, Callable[[random.Random], str]]:
    kinds = {f"kinds/{_phase(n)}/k{n}.yml": _kind_maker(n) for n in range(_KINDS)}
    modules = {f"{PACKAGE}/m{n}.py": _module for n in range(_MODULES)}
    return {
        "kinds/config.yml": _config,
        "kinds/data/words.yml": lambda rng: (
            f"a: {rng.choice(_WORDS)}\nb: {{{rng.choice('cd')}: 1}}\n"
        ),
        "tree/a.txt": lambda rng: rng.choice(_WORDS),
        f"{PACKAGE}/_said.py": lambda rng: f"SAID = {rng.choice(_WORDS)!r}\n",
        f"{PACKAGE}/_between.py": lambda rng: f"from ._said import SAID  # {rng.choice(_WORDS)}\n",
        "parameters.json": _parameters,
        **modules,
        **kinds,
    }


def _phase(number: int) -> str:
    return _PHASES[number * len(_PHASES) // _KINDS]


def _config(rng: random.Random) -> str:
    return _CONFIG.format(
        package=PACKAGE,
        domain=rng.choice(("one", "one", "two")),
        pool=rng.choice(("built-in", "elsewhere")),
        group=rng.choice(_WORDS),
        word=rng.choice(_WORDS),
        deadline=rng.choice(("1 day", "2 days")),
    )


def _parameters(rng: random.Random) -> str:
    values: dict[str, Any] = {
        "project": "main",
        "head_repository": "https://github.com/example/app",
        "head_rev": "a" * 40,
        "head_ref": "refs/heads/main",
        "repository_type": "git",
        "tasks_for": "github-push",
        "build_date": 1752580800,
        "owner": rng.choice(("a@example.com", "a@example.com", "b@example.com")),
        "build_number": rng.choice((1, 2)),
        "version": rng.choice(("1.0", "2.0")),
        "next_version": rng.choice((None, "3.0")),
        "word": rng.choice((*_WORDS, 1, True, 1.0)),
        "level": rng.choice(("3", "3", "1")),
    }
    return json.dumps(values, indent=1)


def _module(rng: random.Random) -> str:
    imports = rng.choice(
        (
            f"from {PACKAGE}._said import SAID",
            "from ._between import SAID",
            f"import {PACKAGE}._between as between\nSAID = between.SAID",
        )
    )
    look = rng.choice(("SAID + ", "")) + rng.choice(_LOOKS)
    change = rng.choice(_CHANGES).format(look=look)
    return _MODULE.format(imports=imports, change=change)


def _kind_maker(number: int) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        above = [f"k{n}" for n in range(number) if rng.random() < 0.5]
        lines = [f"description: Kind {number}.", f"kind-dependencies: {json.dumps(above)}"]
        modules = [f"{PACKAGE}.m{n}" for n in range(_MODULES) if rng.random() < 0.4]
        lines += [f"transforms: {json.dumps(modules)}", "tasks:"]
        for entry in range(rng.randrange(1, 4)):
            dependencies = {name: f"{name}-0" for name in above if rng.random() < 0.7}
            lines += [
                f"  e{entry}:",
                f"    name: '{entry}'",
                f"    description: {_description(rng)}",
                f"    worker-type: {rng.choice(('succeed', 'succeed', 'other'))}",
                "    shipping-product: app",
                f"    dependencies: {json.dumps(dependencies)}",
                f"    attributes: {_attributes(rng)}",
                f"    extra: {{value: {rng.choice(('1', 'true', '1.0', '[]', '{}'))}}}",
            ]
        return "\n".join([*lines, ""])

    return make


def _description(rng: random.Random) -> str:
    named = ("version", "word", "name-of-it", "release-level", "build-number", "trust-domain")
    plain = f"'It {rng.choice(_WORDS)} {{{rng.choice(named)}}}'"
    keyed = f"{{by-word: {{alpha: Alpha, default: '{rng.choice(_WORDS)}'}}}}"
    return rng.choice((plain, plain, keyed, "Plain"))


def _attributes(rng: random.Random) -> str:
    return rng.choice(("{a: 1, b: 2}", "{b: 2, a: 1}", "{a: true, b: 2}", "{c: '{version}'}"))
