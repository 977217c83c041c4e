"""Takes a number of tasks, gives the shape of a synthetic release with about as many.

    build[P] -> build-signing[P] -> l10n[P x L] -> l10n-signing -> repackage -> mar-signing
      -> partials -> partials-signing -> beetmover (joins three kinds) -> balrog -> push -> ship

P platforms, L locales, P x (2 + 8 L) + 2 tasks, 12 of them one after another. Both generators are
given this shape with their own kinds, and must make the same labels and edges of it.
"""

import attrs

SYSTEMS = (
    "linux64",
    "linux32",
    "linux64-aarch64",
    "win32",
    "win64",
    "win64-aarch64",
    "macosx64",
    "macosx64-aarch64",
    "android-arm",
    "android-arm64",
)
PER_LOCALE = 8
HEAD_REV = "b" * 40
REPOSITORY = "https://github.com/synth/synth"
BUILD_DATE = 1767225600
IMAGE = "synth/base:1.0"

#: Parameters that both tools call by the same name.
PARAMETERS = {
    "base_repository": REPOSITORY,
    "build_date": BUILD_DATE,
    "files_changed": ["src/main.c"],
    "head_ref": "main",
    "head_repository": REPOSITORY,
    "head_rev": HEAD_REV,
    "level": "3",
    "moz_build_date": "20260101000000",
    "owner": "synth@example.com",
    "project": "synth",
    "pushdate": BUILD_DATE,
    "pushlog_id": "1",
    "repository_type": "git",
    "tasks_for": "github-push",
    "version": "1.0",
}


@attrs.frozen
class Shape:
    """The platforms and locales of a synthetic release; `fetches` joins kinds by fetched files."""

    platforms: tuple[str, ...]
    locales: tuple[str, ...]
    fetches: bool = False

    @classmethod
    def of(cls, tasks: int, *, fetches: bool = False) -> "Shape":
        """The shape whose number of tasks is nearest to `tasks`."""
        count = max(1, round(((tasks - 2) / len(SYSTEMS) - 2) / PER_LOCALE))
        return cls(SYSTEMS, tuple(_locale(number) for number in range(count)), fetches)

    @property
    def size(self) -> int:
        """How many tasks there are."""
        return len(self.platforms) * (2 + PER_LOCALE * len(self.locales)) + 2


def _locale(number: int) -> str:
    first, second, third = number % 26, number // 26 % 26, number // 676
    region = f"-{chr(65 + third)}X" if third else ""
    return f"{chr(97 + first)}{chr(97 + second)}{region}"
