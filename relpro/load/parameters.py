"""Takes parameter files and `key=value` words, gives checked parameters."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.model.config import LEVELS, GraphConfig, InputParameter
from relpro.model.nearest import meant
from relpro.model.parameters import DEFAULTS
from relpro.values.wording import remedy_for
from relpro.yaml.document import decode, parse, read

Values = Mapping[str, Any]
OriginOf = Callable[..., Origin]

#: Parameters that may also be null, beside the type of their default.
_NULLABLE = frozenset(
    {
        "head_git_rev",
        "head_tag",
        "next_version",
        "owner",
        "release_eta",
        "release_history",
        "release_partner_config",
        "release_type",
    }
)
#: Parameters whose default is null, with the type they have otherwise.
_TYPES: Mapping[str, type] = {
    "hg_branch": str,
    "next_version": str,
    "optimize_strategies": str,
    "pull_request_number": int,
    "release_partners": list,
    "release_product": str,
    "shipping_phase": str,
}
_WORDS: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}


@attrs.frozen(eq=False, repr=False)
class ParameterFile:
    """The values of one source of parameters, and where each was written."""

    values: Values
    origin: OriginOf


def read_parameter_file(path: Path) -> ParameterFile:
    """Read a YAML or JSON file, or the `parameters.yml` of a folder of decision artifacts.

    Raises `RelproError` (P504, Y...) when it cannot be read.
    """
    if path.is_dir():
        path = path / "parameters.yml"
    if not path.is_file():
        what = f"no parameter file `{path}`"
        raise RelproError(Diagnostic("P504", what, remedy="name a file, or a folder that has one"))
    if path.suffix == ".json":
        document = parse(path.read_bytes(), str(path))
        return ParameterFile(document.data, document.locations.origin)
    document = read(path, str(path))
    return ParameterFile(document.data, document.locations.origin)


def parse_assignment(word: str) -> tuple[str, Any]:
    """`key=value`, where the value is YAML, or `key=@file`; gives the key and the value.

    What looks like a number, and must be text, is: a version, a level.

    Raises `RelproError` (P501, P504).
    """
    key, equals, text = word.partition("=")
    if not equals or not key:
        raise RelproError(
            Diagnostic("P501", f"`{word}` is no assignment", remedy="write `name=value`")
        )
    if text.startswith("@"):
        return key, read_value(Path(text[1:]))
    value = _scalar(word, text)
    is_text = key in DEFAULTS and _type(key) is str and isinstance(value, int | float)
    return key, text if is_text else value


def read_value(path: Path) -> Any:
    """What a file holds: parsed if it is YAML or JSON, else its text without the last newline."""
    if not path.is_file():
        raise RelproError(Diagnostic("P504", f"no file `{path}`"))
    if path.suffix == ".json":
        try:
            return json.loads(path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise RelproError(Diagnostic("P504", f"`{path}` is not JSON: {error}")) from None
    if path.suffix in {".yml", ".yaml"}:
        return read(path, str(path)).data
    return decode(path.read_bytes(), str(path)).strip()


def _scalar(word: str, text: str) -> Any:
    try:
        return parse(f"value: {text}\n" if text else "value: ''\n", "--param").data["value"]
    except RelproError as error:
        said = error.diagnostics[0]
        what = f"`{word}` is not YAML: {said.what}"
        raise RelproError(Diagnostic(said.code, what, remedy=said.remedy)) from None


def read_inputs(inputs: Iterable[InputParameter], folder: Path) -> Iterator[tuple[str, Any]]:
    """The project's own parameters as its files give them. `folder` is its `kinds/`."""
    for parameter in inputs:
        if parameter.file is None:
            yield parameter.name, parameter.default
            continue
        path = folder / parameter.file
        if not path.is_file():
            what = f"parameter `{parameter.name}` is read from `{parameter.file}`, which is missing"
            raise RelproError(Diagnostic("P504", what, (parameter.origin,)))
        yield parameter.name, read_value(path)


def check_parameters(values: Values, config: GraphConfig, origin: OriginOf) -> None:
    """Raise one `RelproError` for every unknown name (P502) and impossible value (P501)."""
    raise_all(_problems(values, config, origin))


def _problems(values: Values, config: GraphConfig, origin: OriginOf) -> Iterator[Diagnostic]:
    known = {*DEFAULTS, *config.inputs, *config.pass_through}
    for name, value in values.items():
        if name not in known:
            declare = "declare it under `parameters: pass-through` in `kinds/config.yml`"
            remedy = meant(name, sorted(known), declare)
            what = f"unknown parameter `{name}`"
            yield Diagnostic("P502", what, (origin(name),), remedy=remedy)
        elif name in DEFAULTS and not _fits(name, value):
            wanted = _WORDS[_type(name)]
            what = f"parameter `{name}` must be {wanted}, got {_shown(value)}"
            remedy = remedy_for(value, wanted, ())
            yield Diagnostic("P501", what, (origin(name),), remedy=remedy)
    yield from _choices(values, config, origin)


def _choices(values: Values, config: GraphConfig, origin: OriginOf) -> Iterator[Diagnostic]:
    product = values.get("release_product")
    if isinstance(product, str) and product not in config.products:
        what = f"parameter `release_product` names `{product}`, which this project does not have"
        remedy = f"there are: {', '.join(config.products)}"
        yield Diagnostic("P501", what, (origin("release_product"),), remedy=remedy)
    level = values.get("level", "1")
    if isinstance(level, str) and level not in LEVELS:
        what = f"parameter `level` must be 1, 2 or 3, got `{level}`"
        yield Diagnostic("P501", what, (origin("level"),))


def _type(name: str) -> type:
    return _TYPES.get(name) or type(DEFAULTS[name])


def _fits(name: str, value: Any) -> bool:
    if value is None:
        return DEFAULTS[name] is None or name in _NULLABLE
    wanted = _type(name)
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
