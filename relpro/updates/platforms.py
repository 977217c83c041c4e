"""The names of each platform: in tasks, in folders, in downloads, and in update requests.

Source: balrogscript, balrogscript/submitter/release.py.
"""

import attrs


@attrs.frozen
class Platform:
    """A platform: `targets` are the names that clients use; releases describe the first.

    `folder` is its name in the archive, `download` its name in the download service.
    """

    name: str
    folder: str
    download: str
    targets: tuple[str, ...]


_MAC = "Darwin_x86_64-gcc3-u-i386-x86_64"

PLATFORMS = (
    Platform("linux", "linux-i686", "linux", ("Linux_x86-gcc3",)),
    Platform("linux64", "linux-x86_64", "linux64", ("Linux_x86_64-gcc3",)),
    Platform("linux64-aarch64", "linux-aarch64", "linux64-aarch64", ("Linux_aarch64-gcc3",)),
    Platform(
        "macosx64",
        "mac",
        "osx",
        (
            _MAC,
            "Darwin_x86-gcc3-u-i386-x86_64",
            "Darwin_aarch64-gcc3",
            "Darwin_x86-gcc3",
            "Darwin_x86_64-gcc3",
        ),
    ),
    Platform(
        "win32", "win32", "win", ("WINNT_x86-msvc", "WINNT_x86-msvc-x86", "WINNT_x86-msvc-x64")
    ),
    Platform("win64", "win64", "win64", ("WINNT_x86_64-msvc", "WINNT_x86_64-msvc-x64")),
    Platform("win64-aarch64", "win64-aarch64", "win64-aarch64", ("WINNT_aarch64-msvc-aarch64",)),
)


def platform_of(name: str) -> Platform:
    """A platform, by its name or its folder; an unknown name is used for all."""
    for platform in PLATFORMS:
        if name in {platform.name, platform.folder}:
            return platform
    return Platform(name, name, name, (name,))


def targets_of(name: str) -> tuple[str, ...]:
    """The build targets of a platform, by its name or its folder; for another name, the name."""
    return platform_of(name).targets


def is_platform(name: str) -> bool:
    """Whether a folder with this name is for one platform."""
    return any(name in {one.name, one.folder} for one in PLATFORMS)
