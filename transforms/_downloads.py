"""The files of `kinds/data/` that tell of downloads: which entries of them a release has."""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from voluptuous import Optional, Required

from relpro.transform.data_file import DataFile, Disagreement
from relpro.values import flag, list_of, text
from relpro.values.names import a_name, named, regular_expression
from relpro.values.validators import Key, Scalar


def _with_blanks(*names: str) -> Scalar:
    """Text in which only these words, each as `${word}`, are left to be filled in."""

    def accepts(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        template = Template(value)
        return template.is_valid() and set(template.get_identifiers()) <= set(names)

    blanks = " or ".join(f"${{{name}}}" for name in names)
    return Scalar(f"text without blanks but {blanks}", accepts)


def _entries(*blanks: str) -> Any:
    """What each product is called, and a pattern of platforms -> where its file is on them."""
    return {
        named: {
            Required("name"): _with_blanks(*blanks),
            Optional("ssl-only"): flag,
            Optional("add-locales"): flag,
            Required("paths"): {Key(regular_expression): _with_blanks("platform", *blanks)},
        }
    }


def _unknown_products(content: Mapping[str, Any]) -> Iterator[Disagreement]:
    """Products that a release has, or an alias leads to, and that no entry describes."""
    entries = content["entries"]
    said = {("products", place): name for place, name in enumerate(content["products"])}
    for alias, name in content.get("aliases", {}).items():
        said["aliases", alias] = name
    for path, name in said.items():
        if name not in entries:
            remedy = f"there are: {', '.join(entries)}"
            yield path, f"`{name}` is none of the `entries`", remedy


_OF_A_RELEASE = {
    Required("folder"): text,
    Required("products"): list_of(a_name),
    Required("entries"): _entries("previous"),
}
_ALIASES = {
    "alias-family": text,
    "aliases": {named: a_name},
    "partner-aliases": {_with_blanks("partner"): _with_blanks("partner")},
}

#: `products` of a release, and their `entries` in a download service.
SUBMISSION = DataFile(
    {**_OF_A_RELEASE, **{Optional(key): value for key, value in _ALIASES.items()}},
    _unknown_products,
)
#: The same, with the names without version that lead to them.
ALIASES = DataFile(
    {**_OF_A_RELEASE, **{Required(key): value for key, value in _ALIASES.items()}},
    _unknown_products,
)
#: The entries of each partner build on the download site.
PARTNERS = DataFile(
    {
        Required("folder"): _with_blanks("partner", "sub"),
        Required("entries"): _entries("partner", "sub"),
    }
)
