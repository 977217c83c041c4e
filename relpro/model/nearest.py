"""Takes an unknown name and the known names, gives the one that was probably meant."""

from collections.abc import Iterable

#: The minimum similarity of a suggested name, as difflib's ratio (1.0 is equal).
CLOSE = 0.7

#: The most names that are suggested for one.
_FEW = 3


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` most similar to `name`; None if none is similar, or several equally so.

    The answer depends neither on the order of `names` nor on duplicates.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for the message of an error

    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(name)
    best, closest = CLOSE, list[str]()
    for candidate in dict.fromkeys(names):
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        ratio = matcher.ratio()
        if ratio > best:
            best, closest = ratio, [candidate]
        elif ratio == best:
            closest.append(candidate)
    return closest[0] if len(closest) == 1 else None


def meant(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """The remedy for an unknown name: the one that was probably meant, or else `otherwise`."""
    close = nearest(name, names)
    return f"did you mean `{close}`?" if close else otherwise


def of_which_it_is_part(name: str, names: Iterable[str]) -> str:
    """The remedy for a name that is part of a few known ones: `chunk` instead of `this-chunk`."""
    longer = sorted(f"`{one}`" for one in {*names} if name in one.split("-"))
    return f"did you mean {' or '.join(longer)}?" if 0 < len(longer) <= _FEW else ""
