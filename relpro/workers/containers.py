"""Takes a command for a container, runs it with Docker or Podman, whichever answers."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import attrs

from relpro.errors import Diagnostic, RelproError

_LOADED = re.compile(rb"Loaded image(?: ID)?: (\S+)")


@attrs.frozen
class Engine:
    """A program that runs containers; both have the same command line."""

    program: str

    def build(self, tag: str, args: Mapping[str, str], context: bytes) -> None:
        """Build an image from a context, a tar.gz. Raises `RelproError` (O615)."""
        said = [word for name, value in args.items() for word in ("--build-arg", f"{name}={value}")]
        done = subprocess.run(
            [self.program, "build", "--tag", tag, *said, "-"], input=context, check=False
        )
        if done.returncode:
            raise no_image(f"{self.program} cannot build `{tag}`: it ends with {done.returncode}")

    def load(self, tag: str, packed: Iterable[bytes]) -> None:
        """Load an image from a tar.zst, and tag it. Raises `RelproError` (O615)."""
        if shutil.which("zstd") is None:
            raise no_image("this machine has no `zstd`, which unpacks images")
        pipe = subprocess.PIPE
        with (
            subprocess.Popen(["zstd", "-dcq"], stdin=pipe, stdout=pipe) as unpacking,
            subprocess.Popen(
                [self.program, "load"], stdin=unpacking.stdout, stdout=pipe
            ) as loading,
        ):
            assert unpacking.stdin is not None
            assert unpacking.stdout is not None
            unpacking.stdout.close()  # `load` has the pipe: if it ends, so does the decompression
            with suppress(BrokenPipeError), unpacking.stdin as into:
                for part in packed:
                    into.write(part)
            said, _ = loading.communicate()
        found = _LOADED.search(said)
        if unpacking.returncode or loading.returncode or not found:
            raise no_image(f"{self.program} cannot load what the task made for `{tag}`")
        subprocess.run([self.program, "tag", found[1].decode(), tag], check=True)

    def has(self, image: str) -> bool:
        """Whether an image exists on this machine."""
        words = [self.program, "image", "inspect", image]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0


@attrs.frozen
class Container:
    """A command in a container: image, environment, mounted files, empty folders.

    With `is_on_loopback` it can reach servers of this machine.
    """

    engine: Engine
    name: str
    image: str
    env: Mapping[str, str]
    shared: Mapping[Path, str]
    empty: tuple[str, ...]
    is_on_loopback: bool

    def words(self, command: Sequence[str]) -> tuple[str, ...]:
        """The words that run the command; the container is kept afterwards for its files."""
        env = (word for name, value in self.env.items() for word in ("--env", f"{name}={value}"))
        places = (*(f"{host}:{inside}:ro" for host, inside in self.shared.items()), *self.empty)
        volumes = (word for place in places for word in ("--volume", place))
        network = ("--network", "host") if self.is_on_loopback else ()
        first = (self.engine.program, "run", "--name", self.name, *network)
        return (*first, *volumes, *env, self.image, *command)

    def copied(self, files: Mapping[str, str], folder: Path) -> dict[str, Path]:
        """Copies those of some files, name -> path in the container, that exist into a folder."""
        made: dict[str, Path] = {}
        for name, path in files.items():
            target = folder / Path(path).name
            folder.mkdir(parents=True, exist_ok=True)
            words = [self.engine.program, "cp", f"{self.name}:{path}", str(target)]
            if subprocess.run(words, capture_output=True, check=False).returncode == 0:
                made[name] = target
        return made

    def remove(self) -> None:
        """Remove it, even while it runs."""
        words = [self.engine.program, "rm", "--force", "--volumes", self.name]
        subprocess.run(words, capture_output=True, check=False)


def find_engine() -> Engine | None:
    """Docker or Podman, if one answers on this machine."""
    for program in ("docker", "podman"):
        if shutil.which(program) is None:
            continue
        try:
            done = subprocess.run([program, "info"], capture_output=True, timeout=20, check=False)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            return Engine(program)
    return None


def demand_engine(remedy: str) -> Engine:
    """Docker or Podman. Raises `RelproError` (O615) if neither answers."""
    if (engine := find_engine()) is None:
        raise no_image("neither Docker nor Podman answers on this machine", remedy)
    return engine


def no_image(what: str, remedy: str = "") -> RelproError:
    """The error for an unavailable image."""
    return RelproError(Diagnostic("O615", what, remedy=remedy))


def own_name() -> str:
    """The name of a container of this process."""
    return f"relpro-run-{os.getpid()}"
