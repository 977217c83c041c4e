"""Takes a ref as git or an event says it, gives its branch, and says whose commits it has."""

from fnmatch import fnmatchcase

import attrs

from relpro.errors import Origin

_HEADS = "refs/heads/"


def branch_of(ref: str) -> str:
    """`main` of `refs/heads/main` and of `main`; any other ref, such as that of a tag, as it is."""
    return ref.removeprefix(_HEADS)


@attrs.frozen
class ProjectSource:
    """Which commits are a project's: those of its hg `repositories`, of `branches` in its git ones.

    `branches` are names, or patterns in which `*` stands for any text. `hg_branches` are those that
    its hg repositories have, told the same way; in hg they do not decide whose a commit is. `level`
    is how much its commits are trusted.
    """

    name: str
    level: str
    repositories: tuple[str, ...]
    branches: tuple[str, ...]
    origin: Origin = attrs.field(eq=False, repr=False)
    hg_branches: tuple[str, ...] = ()

    def holds(self, repository: str, ref: str | None) -> bool:
        """Whether a commit at `ref` of a repository is one of this project's.

        `ref` is that of git (`refs/heads/main`, or `main`), and None in hg.
        """
        if repository.rstrip("/").removesuffix(".git") not in self.repositories:
            return False
        if ref is None:
            return True
        return any(fnmatchcase(branch_of(ref), pattern) for pattern in self.branches)
