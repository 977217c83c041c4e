"""Takes the section `fetch` of an entry, gives the arguments for fetch-content and a digest.

Arguments that decide the result are part of the digest. Source: taskgraph, kinds of fetches, so
that a project finds what it fetched with taskgraph.
"""

import re
from collections.abc import Callable, Mapping
from posixpath import basename
from typing import Any

import attrs
from voluptuous import Optional, Required, Schema

from relpro.python.functions import Role, project_function
from relpro.stock.candidates import unknown_name
from relpro.stock.taken import schema_of, taken
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values import flag, text, whole_number
from relpro.values.names import some_text
from relpro.values.validators import Scalar

#: The variable that holds the public key of a signature.
GPG_KEY = "FETCH_GPG_KEY"

#: Names of archives that fetch-content makes. Source: fetch_content.py, SUFFIXES.
_PACKED = re.compile(r".+\.(tar|tgz|tbz2|txz|tar\.(gz|bz2|xz|zst))")


def _hexadecimal(length: int) -> Scalar:
    pattern = re.compile(rf"[0-9a-f]{{{length}}}")

    def accepts(value: object) -> bool:
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    return Scalar(f"{length} hexadecimal digits", accepts)


_STATIC_URL = Schema(
    {
        Required("url"): some_text,
        Required("sha256"): _hexadecimal(64),
        Required("size"): whole_number,
        Optional("artifact-name"): some_text,
        Optional("strip-components"): whole_number,
        Optional("add-prefix"): some_text,
        Optional("headers"): {str: text},
        Optional("gpg-signature"): {
            Required("sig-url"): some_text,
            Required("key-path"): some_text,
        },
    }
)
_GIT = Schema(
    {
        Required("repo"): some_text,
        Required("revision"): _hexadecimal(40),
        Optional("artifact-name"): some_text,
        Optional("path-prefix"): some_text,
        Optional("include-dot-git"): flag,
        Optional("ssh-key"): some_text,
    }
)


@attrs.frozen
class Content:
    """What is fetched: the arguments for fetch-content except the file, and the file's name.

    `behind` are options that follow the file. `command` is a complete command instead of those
    arguments. `secrets` are those that the task needs.
    """

    words: tuple[str, ...]
    artifact: str
    digest_data: tuple[str, ...]
    env: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def content_of(ctx: Context, section: Mapping[str, Any], folder: str) -> Content:
    """The content for a section `fetch`, which is put into `folder`.

    Raises `RelproError` (K201 to K203) for keys that its type does not have, and `Refusal`; for a
    type of the project T422 if it does not exist, and T410 if it fails.
    """
    named = section["type"]
    said = {key: value for key, value in section.items() if key != "type"}
    if "." in named:
        content = _of_project(ctx, named, said, folder)
    elif named in _TYPES:
        schema, make = _TYPES[named]
        content = make(ctx, taken(ctx, schema, said, ("fetch",), f"what `{named}` takes"))
    else:
        raise unknown_name("a type of fetch", named, _TYPES, ("fetch", "type"))
    if "/" in content.artifact:
        what, remedy = f"`{content.artifact}` is not a name of a file", "write it without folders"
        raise Refusal(what, remedy, ("fetch", "artifact-name"))
    return content


def _static_url(ctx: Context, said: Mapping[str, Any]) -> Content:
    artifact = said.get("artifact-name") or basename(said["url"])
    if not artifact or "?" in artifact:
        what = "the address does not end in the name of a file"
        raise Refusal(what, "give the file a name: `artifact-name: ...`", ("fetch", "url"))
    decisive = ["--sha256", said["sha256"], "--size", str(said["size"])]
    for key in ("strip-components", "add-prefix"):
        if said.get(key):
            _demand_packed(artifact, key)
            decisive += [f"--{key}", str(said[key])]
    words, env = list(decisive), {}
    if signature := said.get("gpg-signature"):
        words += ["--gpg-sig-url", signature["sig-url"], "--gpg-key-env", GPG_KEY]
        env[GPG_KEY] = _key(ctx, signature["key-path"])
    for name, value in said.get("headers", {}).items():
        words += ["-H", f"{name}: {value}"]
    return Content(("static-url", *words, said["url"]), artifact, (*decisive, artifact), env)


def _demand_packed(artifact: str, key: str) -> None:
    if not _PACKED.fullmatch(artifact):
        what = f"`{key}` packs an archive anew, and `{artifact}` is not a name of one"
        remedy = "give it a name that ends in `.tar.zst`: `artifact-name: ...`"
        raise Refusal(what, remedy, ("fetch", key))


def _key(ctx: Context, path: str) -> str:
    """The text of a public key in the tree."""
    place = ("fetch", "gpg-signature", "key-path")
    found = ctx.tree_files([path], place)
    if len(found) != 1:
        raise Refusal(f"`{path}` is {len(found)} files", "name one file with the key", place)
    return found[0].content.decode("utf-8", "replace")


def _git(_ctx: Context, said: Mapping[str, Any]) -> Content:
    prefix = said.get("path-prefix") or basename(said["repo"].rstrip("/"))
    artifact = said.get("artifact-name", f"{prefix}.tar.zst")
    _demand_packed(artifact, "artifact-name")
    digest_data = [said["revision"], prefix, artifact]
    secrets = (said["ssh-key"],) if "ssh-key" in said else ()
    behind = [word for secret in secrets for word in ("--ssh-key-secret", secret)]
    if said.get("include-dot-git"):
        behind.append("--include-dot-git")
        digest_data.append(".git")
    return Content(
        ("git-checkout-archive", "--path-prefix", prefix, said["repo"], said["revision"]),
        artifact,
        tuple(digest_data),
        secrets=secrets,
        behind=tuple(behind),
    )


#: The schema of the result of a project's own type.
_GIVEN = Schema(
    {
        Required("command"): [text],
        Required("artifact-name"): some_text,
        Required("digest-data"): [text],
        Optional("env"): {str: text},
        Optional("secrets"): [text],
    }
)


def _of_project(ctx: Context, module: str, said: Mapping[str, object], folder: str) -> Content:
    """The result of a project's module for the section."""
    where = ctx.entry.entry.origin("fetch", "type")
    role = Role("`type`", where, "T422", "section, folder", Mapping)
    make = project_function(f"{module}.fetch", role)
    section = taken(ctx, schema_of(module, role), said, ("fetch",), f"what `{module}` takes")
    given = taken(ctx, _GIVEN, make(section, folder), ("fetch", "type"), f"what `{module}` gave")
    return Content(
        (),
        given["artifact-name"],
        tuple(given["digest-data"]),
        given.get("env", {}),
        tuple(given.get("secrets", ())),
        tuple(given["command"]),
    )


#: Type of fetch -> its schema, and the function that makes its arguments.
_TYPES: Mapping[str, tuple[Schema, Callable[[Context, Mapping[str, Any]], Content]]] = {
    "static-url": (_STATIC_URL, _static_url),
    "git": (_GIT, _git),
}
