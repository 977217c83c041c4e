"""Takes a git ref, gives its branch and decides to which project a commit belongs."""

from fnmatch import fnmatchcase

import attrs

from relpro.errors import Origin

_HEADS = "refs/heads/"


def branch_of(ref: str) -> str:
    """`main` for `refs/heads/main` and for `main`; any other ref, such as a tag's, unchanged."""
    return ref.removeprefix(_HEADS)


@attrs.frozen
class ProjectSource:
    """The commits of a project: those of its hg `repositories`, and of `branches` in its git ones.

    `branches` are names, or patterns in which `*` stands for any text. `hg_branches` are those of
    its hg repositories, in the same form; they do not decide to which project a commit belongs.
    `level` is how much its commits are trusted.
    """

    name: str
    level: str
    repositories: tuple[str, ...]
    branches: tuple[str, ...]
    origin: Origin = attrs.field(eq=False, repr=False)
    hg_branches: tuple[str, ...] = ()

    def holds(self, repository: str, ref: str | None) -> bool:
        """Whether a commit at `ref` of a repository belongs to this project.

        `ref` is a git ref (`refs/heads/main`, or `main`), and None for hg.
        """
        if repository.rstrip("/").removesuffix(".git") not in self.repositories:
            return False
        if ref is None:
            return True
        return any(fnmatchcase(branch_of(ref), pattern) for pattern in self.branches)
