"""A file of `kinds/data/` with the entries of a release in a download service, and their files.

```yaml
# kinds/data/downloads.yml
folder: '/widget/releases/{version}'
platforms:                             # by their names in the changesets
  linux64: {called: linux64, folder: linux-x86_64}   # its name in the service; its folder
  macosx64: {called: osx, folder: mac}
products: [installer, partial]         # the entries that this release has
entries:
  installer:
    name: 'widget-{version}'           # its name in the service
    ssl-only: true                     # only by https; default: false
    add-locales: true                  # the service adds its own locales; default: true
    paths:                             # pattern of the service's platform names -> file
      linux.*: '${platform}/:lang/widget-{version}.tar.xz'
      osx: '${platform}/:lang/Widget%20{version}.dmg'
  partial:
    name: 'widget-{version}-from-${previous}'
    paths: {.*: 'update/${platform}/:lang/widget-${previous}-{version}.partial.mar'}
alias-family: widget-latest            # for names without a version: `<family>-<alias>`
aliases: {ssl: installer}              # alias -> product
partner-aliases: {'widget-${partner}': 'widget-{version}-${partner}'}   # for transforms of your own
```

`${platform}` is the folder of a platform, and `:lang` the service's own placeholder for a locale.
`${previous}` is a version from which the release has partial updates: an entry whose name contains
it is made for each such version. All other values may be templates and keyed.
"""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from voluptuous import Optional, Required

from relpro.transform.data_file import DataFile, Disagreement
from relpro.values import flag, list_of, text
from relpro.values.names import a_name, named, regular_expression
from relpro.values.patterns import Pattern
from relpro.values.validators import Key, Scalar


def with_blanks(*names: str) -> Scalar:
    """The schema of a text in which only these words, each as `${word}`, remain to be filled in."""

    def accepts(value: object) -> bool:
        if not isinstance(value, str):
            return False
        template = Template(value)
        return template.is_valid() and set(template.get_identifiers()) <= set(names)

    blanks = " or ".join(f"${{{name}}}" for name in names)
    return Scalar(f"text that leaves nothing to be filled in but {blanks}", accepts)


def entries_schema(*blanks: str) -> object:
    """The schema of products: the name of each, and a pattern of platforms -> its file on them."""
    return {
        named: {
            Required("name"): with_blanks(*blanks),
            Optional("ssl-only"): flag,
            Optional("add-locales"): flag,
            Required("paths"): {Key(regular_expression): with_blanks("platform", *blanks)},
        }
    }


def _disagreements(content: Mapping[str, object]) -> Iterator[Disagreement]:
    yield from _unknown_products(content)
    yield from _namesakes(content)
    yield from unclear(content)


def _namesakes(content: Mapping[str, Any]) -> Iterator[Disagreement]:
    """Products of a release that have one name: of two, the service would keep one."""
    firsts: dict[str, str] = {}
    for place, product in enumerate(content["products"]):
        name = content["entries"].get(product, {}).get("name", product)
        first = firsts.setdefault(name, product)
        if first != product:
            what = f"`{product}` is called `{name}`, as `{first}` is"
            yield ("products", place), what, "give each a name of its own"


def unclear(content: Mapping[str, Any]) -> Iterator[Disagreement]:
    """Entries of which two patterns fit one platform: one path would hide the other."""
    called = {said["called"]: None for said in content["platforms"].values()}
    for product, entry in content["entries"].items():
        for platform in called:
            fits = [one for one in entry["paths"] if Pattern.of(one).fullmatch(platform)]
            if len(fits) > 1:
                what = f"`{fits[1]}` fits `{platform}`, as `{fits[0]}` does"
                remedy = "let one pattern fit each platform"
                yield ("entries", product, "paths", fits[1]), what, remedy


def _unknown_products(content: Mapping[str, Any]) -> Iterator[Disagreement]:
    """Products of a release, or of an alias, that have no entry."""
    entries = content["entries"]
    said = {("products", place): name for place, name in enumerate(content["products"])}
    for alias, name in content.get("aliases", {}).items():
        said["aliases", alias] = name
    for path, name in said.items():
        if name not in entries:
            remedy = f"there are: {', '.join(entries)}"
            yield path, f"`{name}` is none of the `entries`", remedy


#: Name of a platform in the changesets -> its name in the service, and its folder on the site.
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

#: The `products` of a release, and their `entries` in a download service.
SUBMISSION = DataFile(
    {**_OF_A_RELEASE, **{Optional(key): value for key, value in _ALIASES.items()}},
    _disagreements,
)
#: The same, with the download names that contain no version.
ALIASES = DataFile(
    {
        **_OF_A_RELEASE,
        Required("alias-family"): text,
        Required("aliases"): _ALIASES["aliases"],
        Optional("partner-aliases"): _ALIASES["partner-aliases"],
    },
    _disagreements,
)
