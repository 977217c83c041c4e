"""Takes a command for a container, runs it with Docker or Podman, whichever answers."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import attrs

from relpro.errors import Diagnostic, RelproError

_LOADED = re.compile(rb"Loaded image(?:\(s\)| ID)?: ([^\s,]+)")

#: Suffix of a packed image -> the program that unpacks it; engines read a plain tar.
_UNPACKING = {".zst": "zstd", ".lz4": "lz4"}


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

    def load(self, tag: str, packed: Iterable[bytes], name: str) -> None:
        """Load an image from a tar, which may be packed, as the suffix of its name says; tag it.

        Raises `RelproError` (O615).
        """
        unpack = _unpacking(name)
        pipe = subprocess.PIPE
        with (
            _alone(),
            subprocess.Popen(unpack, stdin=pipe, stdout=pipe) as unpacking,
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
            if unpacking.wait() or loading.returncode or not found:
                raise no_image(f"{self.program} cannot load what the task made for `{tag}`")
            subprocess.run([self.program, "tag", found[1].decode(), tag], check=True)

    def has(self, image: str) -> bool:
        """Whether an image exists on this machine."""
        words = [self.program, "image", "inspect", image]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def remove_all(self, label: str) -> None:
        """Remove every container that has a label, NAME=VALUE, even while it runs."""
        words = [self.program, "ps", "--all", "--quiet", "--filter", f"label={label}"]
        found = subprocess.run(words, capture_output=True, text=True, check=False)
        for identity in found.stdout.split():
            self.remove(identity)

    def remove(self, container: str) -> None:
        """Remove a container, even while it runs."""
        # Podman's `rm` alone waits ten seconds for a container to end by itself.
        for words in (["kill", container], ["rm", "--force", "--volumes", container]):
            subprocess.run([self.program, *words], capture_output=True, check=False)


@attrs.frozen
class Container:
    """A command in a container: image, environment, mounted files, empty folders.

    `shared` files and folders of this machine are read there, `kept` folders are written, too. With
    `is_on_loopback` it can reach servers of this machine. `further` are options of the engine.
    """

    engine: Engine
    name: str
    image: str
    env: Mapping[str, str]
    shared: Mapping[Path, str]
    empty: tuple[str, ...]
    is_on_loopback: bool
    kept: Mapping[Path, str] = attrs.field(factory=dict)
    further: tuple[str, ...] = ()

    def words(self, command: Sequence[str]) -> tuple[str, ...]:
        """The words that run the command; the container is kept afterwards for its files."""
        env = (word for name, value in self.env.items() for word in ("--env", f"{name}={value}"))
        read = (f"{host}:{inside}:ro" for host, inside in self.shared.items())
        written = (f"{host}:{inside}" for host, inside in self.kept.items())
        places = (*read, *written, *self.empty)
        volumes = (word for place in places for word in ("--volume", place))
        network = ("--network", "host") if self.is_on_loopback else ()
        first = (self.engine.program, "run", "--name", self.name, *network)
        return (*first, *self.further, *volumes, *env, self.image, *command)

    def copied(self, files: Mapping[str, str], folder: Path) -> dict[str, Path]:
        """Copies those of some files, name -> path in the container, that exist into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        targets = {name: folder / Path(path).name for name, path in files.items()}
        return {name: target for name, target in targets.items() if self.copy(files[name], target)}

    def copy(self, path: str, target: Path) -> bool:
        """Copy a file or folder of the container to a path; False if there is none."""
        words = [self.engine.program, "cp", f"{self.name}:{path}", str(target)]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def remove(self) -> None:
        """Remove it, even while it runs."""
        self.engine.remove(self.name)


#: What is said where there is no engine.
NO_ENGINE = "neither Docker nor Podman answers on this machine"


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
        raise no_image(NO_ENGINE, remedy)
    return engine


@contextmanager
def _alone() -> Iterator[None]:
    """Let no other worker load an image meanwhile: an archive of the same name would be tagged."""
    path = Path(tempfile.gettempdir(), f"relpro-{os.getuid()}-image.lock")
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpacking(name: str) -> tuple[str, ...]:
    """The words that unpack an image on standard input. Raises `RelproError` (O615)."""
    suffix = PurePosixPath(name).suffix
    program = _UNPACKING.get(suffix, "cat")
    if program == "cat" and suffix != ".tar":
        raise no_image(f"`{name}` is no image: .tar, .tar.zst and .tar.lz4 are")
    if shutil.which(program) is None:
        raise no_image(f"this machine has no `{program}`, which unpacks images")
    return (program,) if program == "cat" else (program, "-dcq")


def no_image(what: str, remedy: str = "") -> RelproError:
    """The error for an unavailable image."""
    return RelproError(Diagnostic("O615", what, remedy=remedy))


def own_name() -> str:
    """The name of a container of this process."""
    return f"relpro-run-{os.getpid()}"
