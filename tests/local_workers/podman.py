"""A Podman in a folder of its own, with images of programs of this machine: it asks no registry."""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import attrs
import pytest

#: The limits are those that a root without all capabilities may set.
CONF = """\
[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
"""

#: The commands of busybox, which is one static program, in every image.
COMMANDS = (
    *(
        "cat",
        "cp",
        "echo",
        "env",
        "id",
        "ln",
        "ls",
        "mkdir",
        "printf",
        "rm",
        "sh",
        "sleep",
        "touch",
    ),
    *("true", "wc", "wget"),
)

ACCOUNTS = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nworker:x:1000:1000::/builds/worker:/bin/sh\n",
    "etc/group": "root:x:0:\nworker:x:1000:\n",
}

#: Folder -> owner, mode.
FOLDERS = {"tmp": (0, 0o1777), "root": (0, 0o700), "builds/worker": (1000, 0o755)}

#: What run-task and a checkout need besides.
PROGRAMS = ("/usr/bin/python3", "/usr/bin/git", "/usr/bin/git-upload-pack", "/bin/bash")

#: Parts of the library of Python that they do not.
_LEFT_OUT = frozenset({"__pycache__", "dist-packages", "ensurepip", "idlelib", "test", "unittest"})


@attrs.frozen
class Podman:
    """A Podman, and the variables by which others call the same one."""

    env: Mapping[str, str]

    def __call__(self, *words: str, given: bytes | None = None) -> bytes:
        """What a call of it prints. Raises `CalledProcessError`."""
        env = {**os.environ, **self.env}
        return subprocess.run(
            ["podman", *words], env=env, input=given, capture_output=True, check=True
        ).stdout

    def containers(self) -> list[str]:
        """The names of all containers."""
        return self("ps", "--all", "--format", "{{.Names}}").decode().split()

    def packed(self, image: str) -> bytes:
        """An image as tasks publish it, as tar.zst."""
        saved = self("save", image)
        return subprocess.run(["zstd", "-qc"], input=saved, capture_output=True, check=True).stdout


def podman_in(folder: Path) -> Podman:
    """A Podman that works here, with the image `tiny:1`; else the test is skipped."""
    if any(shutil.which(program) is None for program in ("podman", "busybox", "zstd")):
        pytest.skip("podman, busybox or zstd is not installed: `make podman`")
    conf, storage = folder / "containers.conf", folder / "storage.conf"
    conf.write_text(CONF)
    places = f'graphroot = "{folder}/images"\nrunroot = "{folder}/run"\n'
    storage.write_text(f'[storage]\ndriver = "overlay"\n{places}')
    env = {"CONTAINERS_CONF": str(conf), "CONTAINERS_STORAGE_CONF": str(storage)}
    made = Podman({**env, "BUILDAH_ISOLATION": "chroot"})
    try:
        made("import", "-", "localhost/tiny:1", given=root_of())
        made("run", "--rm", "--network", "host", "localhost/tiny:1", "/bin/true")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").splitlines()
        pytest.skip(f"podman runs no container here: {said[-1] if said else error}")
    return made


def root_of(*programs: str) -> bytes:
    """The files of an image, as tar: busybox, accounts, and programs with what they load."""
    busybox = Path(str(shutil.which("busybox"))).resolve()
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, text in ACCOUNTS.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, BytesIO(text.encode()))
        for name, (owner, mode) in FOLDERS.items():
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.uid, member.gid = tarfile.DIRTYPE, mode, owner, owner
            tar.addfile(member)
        tar.add(busybox, "bin/busybox")
        for command in COMMANDS:
            link = tarfile.TarInfo(f"bin/{command}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for program in programs:
            tar.add(Path(program).resolve(), program.lstrip("/"))
        for path in sorted({one for program in programs for one in _loaded(program)}):
            tar.add(path.resolve(), str(path).lstrip("/"))
        if programs:
            link = tarfile.TarInfo("usr/bin/env")
            link.type, link.linkname = tarfile.SYMTYPE, "/bin/busybox"
            tar.addfile(link)
            tar.add(_standard_library(), str(_standard_library()).lstrip("/"), filter=_kept)
    return made.getvalue()


def _loaded(program: str) -> Iterator[Path]:
    """The libraries of a program, and what loads them."""
    said = subprocess.check_output(["ldd", program], text=True)
    yield from (Path(word) for word in said.split() if word.startswith("/"))


def _standard_library() -> Path:
    words = ["/usr/bin/python3", "-c", "import os; print(os.path.dirname(os.__file__))"]
    return Path(subprocess.check_output(words, text=True).strip())


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    last = Path(member.name).name
    return None if last in _LEFT_OUT or last.startswith("config-") else member
