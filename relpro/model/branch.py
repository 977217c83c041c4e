"""Takes a ref as git or an event says it, gives the branch that it names."""

_HEADS = "refs/heads/"


def branch_of(ref: str) -> str:
    """`main` of `refs/heads/main` and of `main`; any other ref, such as that of a tag, as it is."""
    return ref.removeprefix(_HEADS)
