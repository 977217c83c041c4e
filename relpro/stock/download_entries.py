"""A file of `kinds/data/` that tells a download service of a release: its entries, their files.

```yaml
# kinds/data/downloads.yml
folder: '/widget/releases/{version}'
platforms:                             # as the locales of the release name them
  linux64: {called: linux64, folder: linux-x86_64}   # by the service; where its files are
  macosx64: {called: osx, folder: mac}
products: [installer, partial]         # which of the entries this release has
entries:
  installer:
    name: 'widget-{version}'           # what the service calls it
    ssl-only: true                     # only by https; default: false
    add-locales: true                  # the service adds its own locales; default: true
    paths:                             # pattern of what the service calls platforms -> file
      linux.*: '${platform}/:lang/widget-{version}.tar.xz'
      osx: '${platform}/:lang/Widget%20{version}.dmg'
  partial:
    name: 'widget-{version}-from-${previous}'
    paths: {.*: 'update/${platform}/:lang/widget-${previous}-{version}.partial.mar'}
alias-family: widget-latest            # for names without a version: `<family>-<alias>`
aliases: {ssl: installer}              # alias -> product
partner-aliases: {'widget-${partner}': 'widget-{version}-${partner}'}   # for transforms of your own
```

`${platform}` is the folder of a platform, `:lang` the service's own word for a locale, and
`${previous}` each version from which the release has partial updates: an entry that is called by it
is made for each. Anything else may name variables and be keyed.
"""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from voluptuous import Optional, Required

from relpro.transform.data_file import DataFile, Disagreement
from relpro.values import flag, list_of, text
from relpro.values.names import a_name, named, regular_expression
from relpro.values.validators import Key, Scalar


def with_blanks(*names: str) -> Scalar:
    """Text in which only these words, each as `${word}`, are left to be filled in."""

    def accepts(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        template = Template(value)
        return template.is_valid() and set(template.get_identifiers()) <= set(names)

    blanks = " or ".join(f"${{{name}}}" for name in names)
    return Scalar(f"text without blanks but {blanks}", accepts)


def entries_schema(*blanks: str) -> Any:
    """What each product is called, and a pattern of platforms -> where its file is on them."""
    return {
        named: {
            Required("name"): with_blanks(*blanks),
            Optional("ssl-only"): flag,
            Optional("add-locales"): flag,
            Required("paths"): {Key(regular_expression): with_blanks("platform", *blanks)},
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


#: Platform, as locales name it -> how the service calls it, and its folder on the site.
PLATFORMS = {named: {Required("called"): text, Required("folder"): text}}

_OF_A_RELEASE = {
    Required("folder"): text,
    Required("platforms"): PLATFORMS,
    Required("products"): list_of(a_name),
    Required("entries"): entries_schema("previous"),
}
_ALIASES = {
    "alias-family": text,
    "aliases": {named: a_name},
    "partner-aliases": {with_blanks("partner"): with_blanks("partner")},
}

#: `products` of a release, and their `entries` in a download service.
SUBMISSION = DataFile(
    {**_OF_A_RELEASE, **{Optional(key): value for key, value in _ALIASES.items()}},
    _unknown_products,
)
#: The same, with the names without version that lead to them.
ALIASES = DataFile(
    {
        **_OF_A_RELEASE,
        Required("alias-family"): text,
        Required("aliases"): _ALIASES["aliases"],
        Optional("partner-aliases"): _ALIASES["partner-aliases"],
    },
    _unknown_products,
)
