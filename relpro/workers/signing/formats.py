"""Takes the name of a signing format, gives the method that replaces it here.

Names are those of signingscript, whose `sign.py` defines what each does with a file. In production
a service signs, with the key of the format and certificate.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase

#: What each method does: see `relpro.workers.signing.methods`.
METHODS = (
    "gpg",
    "mar",
    "authenticode",
    "langpack",
    "macapp",
    "notarization",
    "detached",
)

#: Prefixes of formats: the server that signs in production.
_SERVERS = ("gcp_prod_", "stage_")

#: Format -> method; a pattern has `*`, and the first match counts.
_KNOWN: Mapping[str, str] = {
    "autograph_gpg": "gpg",
    "autograph_hash_only_mar384": "mar",
    "autograph_*mar384": "mar",
    "autograph_authenticode_*": "authenticode",
    "autograph_langpack": "langpack",
    "autograph_xpi*": "langpack",
    "privileged_webextension": "langpack",
    "system_addon": "langpack",
    "autograph_rsa": "detached",
    "macapp": "macapp",
    "mac_single_file": "macapp",
    "apple_notarization*": "notarization",
}


def bare(name: str) -> str:
    """A format without its server and key: `gcp_prod_x:k` -> `x`."""
    name = name.partition(":")[0]
    for server in _SERVERS:
        name = name.removeprefix(server)
    return name


def method(name: str, more: Mapping[str, str]) -> str | None:
    """The method for a format; `more` are formats of the configuration, which take precedence."""
    known = [*more.items(), *_KNOWN.items()]
    found = (how for pattern, how in known if fnmatchcase(bare(name), pattern))
    return next(found, None)
