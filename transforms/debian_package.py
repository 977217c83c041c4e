"""Build a package for an older Debian release from a newer source package."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import OneOf, text

#: `dsc`: the description of the source. `needs`: packages to install before any change. `edits`
#: change the source: in a `file`, text that matches `pattern` of sed is replaced by `by`; `drop` is
#: a pattern of lines to delete, `add` are lines to append. `control`: arguments of `debian/rules
#: control`, which writes the package's dependencies again; `then` are edits after that.
_EDITS = [
    {
        Required("file"): text,
        Optional("pattern"): text,
        Optional("by"): text,
        Optional("drop"): text,
        Optional("add"): [text],
    }
]
DEBIAN_PACKAGE = Section(
    "debian-package",
    {
        Required("dist"): OneOf("jessie", "buster"),
        Required("dsc"): {Required("url"): text, Required("sha256"): text},
        Optional("arch"): OneOf("amd64", "arm64", "i386"),
        Optional("needs"): [text],
        Optional("edits"): _EDITS,
        Optional("control"): [text],
        Optional("then"): _EDITS,
    },
    required=True,
)

#: Releases of Debian, by their numbers in images.
_RELEASES = {"jessie": 8, "buster": 10}

#: The cache type of packages.
_CACHE = "packages.v1"

_ARTIFACTS = "/builds/worker/artifacts"

_RESOLVER = "apt-get -yyq --no-install-recommends"

#: A character that no pattern contains.
_MARK = "@"


def package(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task whose image builds the package, and makes an APT repository of it.

    Exit status 100 means that a server failed. Source: gecko,
    gecko_taskgraph/transforms/job/distro_package.py; the changed files are in kinds/packages.
    """
    section = task.sections["debian-package"]
    line = " && ".join(_steps(section))
    env = {
        "DEBEMAIL": "dev-builds@lists.mozilla.org",
        "DEBFULLNAME": "Mozilla build team",
        **task.worker.get("env", {}),
    }
    settings = [f"{name}={value}" for name, value in sorted(env.items())]
    cache = {"type": _CACHE, "name": task.name, "digest-data": [line, *settings]}
    task = task.with_worker(
        docker_image={"in-tree": _image(section)},
        env=env,
        artifacts=[{"name": "public/build", "path": _ARTIFACTS, "type": "directory"}],
        command=["sh", "-xc", line],
        retry_exit_status=[100],
    )
    return task.replace(sections={**task.sections, "cache": cache})


def _image(section: Mapping[str, Any]) -> str:
    arch = section.get("arch", "amd64")
    other = "" if arch == "amd64" else f"-{arch}"
    return f"debian{_RELEASES[section['dist']]}{other}-packages"


def _steps(section: Mapping[str, Any]) -> Iterator[str]:
    """The commands, one after another."""
    url = section["dsc"]["url"]
    file = url.rpartition("/")[2]
    name = file.rpartition("_")[0]
    yield "apt-get update"
    yield "apt-get dist-upgrade"
    yield "cd /tmp"
    yield f"(dget -d -u {shlex.quote(url)} || exit 100)"
    yield f'echo "{section["dsc"]["sha256"]}  {file}" | sha256sum -c'
    yield f"dpkg-source -x {file} {name}"
    yield f"cd {name}"
    if needs := section.get("needs"):
        yield f"apt install {shlex.join(needs)}"
    yield from _edited(section.get("edits", ()))
    if control := section.get("control"):
        yield f"debian/rules control {shlex.join(control)}"
    yield from _edited(section.get("then", ()))
    yield f"(cd ..; mk-build-deps -i -r {name}/debian/control -t '{_RESOLVER}' || exit 100)"
    yield 'DEB_BUILD_OPTIONS="parallel=$(nproc) nocheck" dpkg-buildpackage -sa'
    yield f"mkdir -p {_ARTIFACTS}/apt"
    yield f"dcmd cp ../{name}_*.changes {_ARTIFACTS}/apt/"
    yield f"cd {_ARTIFACTS}"
    for what in ("sources", "packages"):
        yield f"apt-ftparchive {what} apt | gzip -c9 > apt/{what.capitalize()}.gz"


def _edited(edits: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in edits:
        file = one["file"]
        if "pattern" in one:
            pattern, by = one["pattern"], one.get("by", "")
            if _MARK in pattern + by:
                what = f"a pattern has `{_MARK}`, which ends it"
                raise Refusal(what, "write `.` in its place", ("debian-package",))
            yield f"sed -i {shlex.quote(f's{_MARK}{pattern}{_MARK}{by}{_MARK}')} {file}"
        if "drop" in one:
            lines = one["drop"].replace("/", r"\/")
            yield f"sed -i {shlex.quote(f'/{lines}/d')} {file}"
        for line in one.get("add", ()):
            yield f"echo {shlex.quote(line)} >> {file}"


transforms = (each(package, DEBIAN_PACKAGE),)
