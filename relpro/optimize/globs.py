"""Takes a glob as people write it, gives the pattern of the whole paths it stands for."""

import re

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]]+\]|.", re.DOTALL)
_MEANING = {
    "**/": "(?:[^/]+/)*",
    "/**": "(?:/.*)?",
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
}


def glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob: `*` and `?` stay within a folder, `**` is any number of folders.

    `[abc]` and `[!abc]` are one character. The pattern matches from a path's start to its end.
    """
    return re.compile("".join(map(_regex, _TOKEN.findall(pattern))) + r"\Z", re.DOTALL)


def _regex(token: str) -> str:
    if token in _MEANING:
        return _MEANING[token]
    if token.startswith("[") and len(token) > 1:
        inside = token[1:-1].replace("\\", "\\\\")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    return re.escape(token)
