"""Takes parameter files and `key=value` arguments, gives checked parameters."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import orjson

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.whole import demand_complete
from relpro.model.config import HELD, GraphConfig, InputParameter
from relpro.model.kind import Locations
from relpro.model.nearest import meant
from relpro.model.parameters import COMMAND_LINE, Said
from relpro.model.task import Json
from relpro.parameters.holds import Anything, Misfit, holds_of
from relpro.parameters.known import KNOWN
from relpro.parameters.parameter import Parameter
from relpro.values.wording import named, remedy_for
from relpro.yaml.document import decode, parse, read, read_any

Values = Mapping[str, Any]
OriginOf = Callable[..., Origin]


@attrs.frozen(eq=False, repr=False)
class ParameterFile:
    """The values of one source of parameters, with their places."""

    values: Values
    origin: OriginOf

    @property
    def said(self) -> Said:
        """The values, each with its place."""
        return Said(self.values, {name: self.origin(name) for name in self.values})


def read_parameter_file(path: Path) -> ParameterFile:
    """Read a YAML or JSON file, or the `parameters.yml` of a folder of decision artifacts.

    Raises `RelproError` (P504, Q719, Y...) if it cannot be read.
    """
    if path.is_dir():
        demand_complete(path)
        path = path / "parameters.yml"
    if not path.is_file():
        what = f"no parameter file `{path}`"
        raise RelproError(Diagnostic("P504", what, remedy="name a file, or a folder that has one"))
    if path.suffix == ".json":
        document = parse(path.read_bytes(), str(path))
        return ParameterFile(document.data, document.locations.origin)
    document = read(path, str(path))
    return ParameterFile(document.data, document.locations.origin)


def parse_assignment(word: str) -> tuple[str, object]:
    """The key and value in `key=value`, where the value is YAML, or in `key=@file`.

    A value that looks like a number stays text for parameters that are text: a version, a level.

    Raises `RelproError` (P501, P504).
    """
    key, equals, text = word.partition("=")
    if not equals or not key:
        raise RelproError(
            Diagnostic("P501", f"`{word}` is not an assignment", remedy="write `name=value`")
        )
    if text.startswith("@"):
        return key, read_value(Path(text[1:]))
    value = _scalar(word, text)
    is_text = key in KNOWN and KNOWN[key].is_text
    return key, text if is_text and isinstance(value, int | float) else value


def given_values(files: Iterable[Path], words: Iterable[str], config: GraphConfig) -> Said:
    """The parameters that files and words such as `level=3` give; later ones win, words over all.

    Later ones win, arguments over all.

    Files with a revision and an event come from a decision, and must contain project and level. For
    files written by hand, these may come from the configuration.

    Raises `RelproError` (P501 to P504) for unreadable and invalid values.
    """
    found = Said()
    recorded: ParameterFile | None = None
    for path in files:
        source = read_parameter_file(path)
        check_parameters(source.values, config, source.origin)
        if path.is_dir():
            demand_recorded(source.values, source.origin)
        recorded = source if "tasks_for" in source.values else recorded
        found |= source.said
    known = found | assigned(words, config)
    if recorded is not None and "head_rev" in found.values:
        demand_recorded(known.values, recorded.origin)
    return known


def assigned(words: Iterable[str], config: GraphConfig) -> Said:
    """The parameters of words such as `level=3`. Raises `RelproError` (P501, P502, P504)."""
    said = dict(map(parse_assignment, words))
    check_parameters(said, config, lambda *_: COMMAND_LINE)
    return Said.at(COMMAND_LINE, said)


def read_value(path: Path) -> Json:
    """The content of a file: parsed if it is YAML or JSON, else its text without final newline."""
    if not path.is_file():
        raise RelproError(Diagnostic("P504", f"no file `{path}`"))
    if path.suffix == ".json":
        try:
            return orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            what, where = f"`{path}` is not JSON: {error}", Origin(str(path), error.lineno)
            raise RelproError(Diagnostic("P504", what, (where,))) from None
    if path.suffix in {".yml", ".yaml"}:
        return read_any(path, str(path)).data
    return decode(path.read_bytes(), str(path)).strip()


def _scalar(word: str, text: str) -> object:
    try:
        return parse(f"value: {text}\n" if text else "value: ''\n", "--param").data["value"]
    except RelproError as error:
        said = error.diagnostics[0]
        what = f"`{word}` is not YAML: {said.what}"
        raise RelproError(Diagnostic(said.code, what, remedy=said.remedy)) from None


def read_inputs(inputs: Iterable[InputParameter], folder: Path) -> Iterator[tuple[str, object]]:
    """The project's own parameters in its files. `folder` is its `kinds/`."""
    for parameter in inputs:
        if parameter.file is None:
            yield parameter.name, parameter.default
            continue
        path = folder / parameter.file
        if not path.is_file():
            what = f"parameter `{parameter.name}` is read from `{parameter.file}`, which is missing"
            raise RelproError(Diagnostic("P504", what, (parameter.origin,)))
        yield parameter.name, read_value(path)


def unfit_inputs(
    inputs: Iterable[InputParameter], values: Values, folder: Path
) -> Iterator[Diagnostic]:
    """A diagnostic (P501) for every value that does not fit `holds` of the configuration.

    A text file has one printable line, such as a version. `folder` is the project's `kinds/`.
    """
    for parameter in inputs:
        value = values[parameter.name]
        origin = _places(parameter, folder)
        for misfit in own_parameter(parameter).misfits(value):
            yield _misfit(parameter.name, misfit, origin)
        if parameter.file is None or not isinstance(value, str) or (value.isprintable() and value):
            continue
        found = "is empty" if not value else "has several lines"
        if value and len(value.splitlines()) < 2:
            found = "holds control characters"
        what = f"parameter `{parameter.name}` is read from `{parameter.file}`, which {found}"
        yield Diagnostic("P501", what, (parameter.origin,), remedy="write one line of text")


def own_parameter(said: InputParameter) -> Parameter:
    """The row of a parameter of the project's own."""
    is_any = said.holds == HELD[-1]
    return Parameter(said.name, holds_of(said.holds), said.default, said.meaning, null=is_any)


def rows(config: GraphConfig) -> Mapping[str, Parameter]:
    """The row of every parameter that a project has: the engine's, its own, those it carries."""
    own = {name: own_parameter(said) for name, said in config.inputs.items()}
    return {**{name: _carried(name) for name in config.pass_through}, **own, **KNOWN}


def _carried(name: str) -> Parameter:
    return Parameter(name, Anything(), None, "Carried for other tools.", null=True)


def _places(parameter: InputParameter, folder: Path) -> OriginOf:
    file = parameter.file
    if file is None or not file.endswith((".json", ".yml", ".yaml")):
        return lambda *_: parameter.origin
    within = places_in(folder / file, f"{folder.name}/{file}")
    return lambda _name, *path: within(*path)


def places_in(path: Path, name: str) -> OriginOf:
    """The places of the parts of a file, which people know as `name`.

    The file is read when this is first needed, usually for an error.
    """

    @cache
    def locations() -> Locations:
        try:
            return read_any(path, name).locations
        except RelproError:
            return Locations(name, {})

    return lambda *steps: locations().origin(*steps)


def unfit_value(name: str, value: object, origin: OriginOf) -> Iterator[Diagnostic]:
    """A diagnostic (P501) for each wrong part of a value for parameter `name`."""
    return (_misfit(name, misfit, origin) for misfit in KNOWN[name].misfits(value))


def check_parameters(values: Values, config: GraphConfig, origin: OriginOf) -> None:
    """Raise one `RelproError` for every unknown name (P502) and invalid value (P501)."""
    raise_all(_problems(values, config, origin))


#: Parameters that every decision records, since defaults for them would decide about trust.
_RECORDED = ("level", "project")


def demand_recorded(values: Values, origin: OriginOf) -> None:
    """Raise `RelproError` (P501) for recorded parameters without those of every decision."""
    raise_all(
        Diagnostic(
            "P501",
            f"the recorded parameters have no `{name}`",
            (origin(),),
            why="a default would stand for what the decision was",
            remedy=f"take all parameters that the decision recorded, or write `{name}` into them",
        )
        for name in _RECORDED
        if values.get(name) is None
    )


def _problems(
    values: Mapping[Any, Any], config: GraphConfig, origin: OriginOf
) -> Iterator[Diagnostic]:
    known = rows(config)
    for name, value in values.items():
        if name in known:
            yield from (_misfit(name, misfit, origin) for misfit in known[name].misfits(value))
        else:
            declare = "declare it under `parameters: pass-through` in `kinds/config.yml`"
            remedy = meant(name, sorted(known), declare) if isinstance(name, str) else declare
            what = f"unknown parameter `{name}`"
            yield Diagnostic("P502", what, (origin(name),), remedy=remedy)
    yield from _choices(values, config, origin)


def _misfit(name: str, misfit: Misfit, origin: OriginOf) -> Diagnostic:
    path, value, wanted = misfit
    place = f"{named(path)} of parameter" if path else "parameter"
    what = f"{place} `{name}` must be {wanted}, got {_shown(value)}"
    remedy = remedy_for(value, wanted, ())
    return Diagnostic("P501", what, (origin(name, *path),), remedy=remedy)


def _choices(values: Values, config: GraphConfig, origin: OriginOf) -> Iterator[Diagnostic]:
    product = values.get("release_product")
    if isinstance(product, str) and product not in config.products:
        what = f"parameter `release_product` names `{product}`, which this project does not have"
        remedy = f"there are: {', '.join(config.products)}"
        yield Diagnostic("P501", what, (origin("release_product"),), remedy=remedy)


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."
