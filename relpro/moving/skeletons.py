"""Takes extensions that a project must write, gives a typed skeleton of each module.

A skeleton raises an error, so that no graph silently lacks its part.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from string import Template
from typing import Any

import attrs

from relpro.moving.chain import Step
from relpro.moving.configuring import Extension
from relpro.moving.kinds import MovedKind
from relpro.moving.naming import Naming, identifier
from relpro.moving.repository import Repository
from relpro.moving.skeleton_texts import CODE_REVIEW, EXTENSIONS


@attrs.frozen
class Owned:
    """A transform that must be written, the keys that it owns, and their values."""

    step: Step
    keys: Mapping[str, str]
    expands: bool


def owned_transforms(repository: Repository, kinds: Sequence[MovedKind]) -> Sequence[Owned]:
    """Every transform of the project's own, with the keys that nothing else reads.

    A key belongs to the first transform of its kind whose file contains its name, else to the first
    one.
    """
    keys: dict[tuple[str, str], dict[str, str]] = {}
    steps: dict[tuple[str, str], tuple[Step, bool]] = {}
    for kind in kinds:
        own = kind.chain.own
        for step in own:
            expands = steps.get((step.module, step.name), (step, False))[1]
            expands = expands or step is kind.chain.loader
            steps[step.module, step.name] = (step, expands)
            keys.setdefault((step.module, step.name), {})
        if not own:
            continue
        for key, values in _own_values(kind):
            reader = _reader(repository, own, key)
            known = keys[reader.module, reader.name]
            held = _held(values)
            known[key] = held if known.get(key, held) == held else "object"
    return [Owned(step, keys[name], expands) for name, (step, expands) in steps.items()]


def _own_values(kind: MovedKind) -> Iterator[tuple[str, list[object]]]:
    found: dict[str, list[Any]] = {key: [value] for key, value in kind.extra.items()}
    for entry in kind.entries:
        for key in entry.own:
            found.setdefault(key, []).append(entry.data.get(key))
    yield from found.items()


def _reader(repository: Repository, own: Sequence[Step], key: str) -> Step:
    for step in own:
        module = repository.module(step.module)
        if module is not None and key in module.texts:
            return step
    return own[0]


def _held(values: Iterable[object]) -> str:
    """The schema of a section."""
    found = {_word(value) for value in values}
    return found.pop() if len(found) == 1 else "object"


def _word(value: object) -> str:
    if isinstance(value, Mapping):
        return "object" if any(key.startswith("by-") for key in value) else "dict"
    if isinstance(value, list):
        return "[str]" if value and all(isinstance(one, str) for one in value) else "list"
    if isinstance(value, str) and "{" in value:
        return "object"
    return {bool: "bool", int: "int", str: "str"}.get(type(value), "object")


def transform_file(owned: Owned, naming: Naming, repository: Repository) -> tuple[str, str]:
    """The path and the text of a transform's module."""
    module = naming.module_of(owned.step)
    name = module.rpartition(".")[2]
    return _path(module), _transform(owned, name, module, repository)


def _path(module: str) -> str:
    return f"{PurePosixPath(*module.split('.'))}.py"


def _transform(owned: Owned, name: str, module: str, repository: Repository) -> str:
    source = repository.module(owned.step.module)
    place = source.file if source else owned.step.module
    takes, gives = (
        ("Draft", "Iterator[Draft | Skipped]") if owned.expands else ("TaskDescription",) * 2
    )
    argument = "draft" if owned.expands else "task"
    imports = ["Context", takes, "Refusal", *(["Section"] if owned.keys else [])]
    imports += ["Skipped", "expand"] if owned.expands else ["each"]
    names = _constants(owned.keys)
    wrapped = ", ".join((name, *names.values()))
    lines = [
        '"""To be written: takes a task, gives what this makes of it.',
        "",
        f"`{place}`:",
        "",
        *_steps(repository, owned.step),
        '"""',
        "",
        *(["from collections.abc import Iterator", ""] if owned.expands else []),
        f"from relpro import {', '.join(dict.fromkeys(sorted(imports, key=_order)))}",
        "",
        *(f'{names[key]} = Section("{key}", {held})' for key, held in owned.keys.items()),
        *([""] if names else []),
        "",
        f"def {name}(ctx: Context, {argument}: {takes}) -> {gives}:",
        f'    """What becomes of a task. Its own keys are {_of(owned.keys, argument)}."""',
        *_refusal(f"`{module}` is to be written", f"write what `{place}` does"),
        "",
        "",
        f"transforms = ({'expand' if owned.expands else 'each'}({wrapped}),)",
    ]
    return "\n".join(lines) + "\n"


def _constants(keys: Iterable[str]) -> Mapping[str, str]:
    """Key -> the name of its section in Python, all distinct."""
    found: dict[str, str] = {}
    for key in keys:
        name = identifier(key).upper()
        while name in found.values():
            name = f"{name}_TOO"
        found[key] = name
    return found


def _order(name: str) -> tuple[bool, str]:
    return name[0].islower(), name


def _of(keys: Mapping[str, str], argument: str) -> str:
    if not keys:
        return "none"
    if argument == "draft":
        return "`ctx.section(draft, ...)`"
    return "in `task.sections`, by name"


def _refusal(what: str, remedy: str) -> list[str]:
    return ["    raise Refusal(", f'        "{what}",', f'        "{remedy}",', "    )"]


def _as_python(said: Mapping[str, str | int], name: str) -> Mapping[str, str]:
    """The attributes of an action, as Python; its name if it has none."""
    shown = {"name_text": name, **{key: said.get(key, name) for key in _OF_ACTION}}
    return {key: json.dumps(value) for key, value in shown.items()}


#: Attributes in a decorator that are passed on unchanged.
_OF_ACTION = ("title", "description", "symbol", "order", "permission")


def _steps(repository: Repository, step: Step) -> list[str]:
    """The steps of a transform's file, function by function."""
    module = repository.module(step.module)
    if module is None:
        return [f"`{step.module}` is not a file of the repository: see the package that has it."]
    found = [
        f"- line {one.where.line}, `{one.function}`" + (f": {_plain(one.says)}" if one.says else "")
        for one in module.added
        if one.sort == "step"
    ]
    if not found and (line := module.functions.get(step.name)):
        found = [f"- line {line}, `{step.name}`"]
    return found or ["It has no steps that could be found."]


def _plain(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "'''").rstrip('"')[:90]


def code_review_file(naming: Naming) -> tuple[str, str]:
    """The complete transform that adds dependencies on reviewed tasks."""
    return _path(naming.code_review), CODE_REVIEW


def extension_file(extension: Extension) -> tuple[str, str]:
    """The path and the text of an extension's module."""
    keys = list(dict.fromkeys(extension.keys))
    optional = "from voluptuous import Optional\n\n" if keys else ""
    lines = "".join(f'    Optional("{key}"): object,\n' for key in keys)
    said = f" {_plain(extension.says)}" if extension.says else ""
    text = Template(EXTENSIONS[extension.role]).substitute(
        module=extension.module,
        name=extension.name,
        place=extension.place,
        about=f"As `{extension.place}` does.{said}",
        optional=optional,
        schema=f"SCHEMA = {{\n{lines}}}" if keys else "SCHEMA: dict[str, object] = {}",
        **_as_python({"permission": "generic", "order": 10000, **extension.said}, extension.name),
    )
    return _path(extension.module), text
