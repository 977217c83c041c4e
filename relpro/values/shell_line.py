"""Takes a line of shell, gives the programs that it starts, each with its folder.

Only the necessary syntax is parsed: quotes, separators, assignments, redirections, `cd`, and shell
keywords. Variables are replaced from the environment; unknown ones stay as they are.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from posixpath import join, normpath

import attrs

_SEPARATORS = frozenset(";&|()\n")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))|%(\w+)%")


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


#: Shell keywords that are followed by a command.
_BEFORE = _set("if then elif else while until do ! { time exec command builtin nohup")
#: Shell keywords that are not followed by a command before the next separator.
_WITHOUT = _set("for case select function fi done esac }")

#: Shell built-ins, which start no program.
BUILTINS = _set(
    ": [ [[ alias bg break cd continue declare dirs echo eval exit export false fg getopts hash",
    "jobs let local popd printf pushd pwd read readonly return set shift shopt test times trap",
    "true type typeset ulimit umask unalias unset wait kill",
)

#: Programs that run the file in their first argument that is not an option.
_INTERPRETERS = re.compile(r"(?:.*/)?(?:python[\d.]*(?:\.exe)?|bash|sh|dash|perl|ruby|node)")


@attrs.frozen
class Started:
    """A started program, as written, and the folder in which it is started."""

    program: str
    cwd: str


def expanded(text: str, env: Mapping[str, object]) -> str:
    """A text with its variables replaced by those values of the environment that are texts."""

    def value(match: re.Match[str]) -> str:
        known = env.get(match[1] or match[2] or match[3])
        return known if isinstance(known, str) else match[0]

    return _VARIABLE.sub(value, text)


def started_by_line(line: str, cwd: str, env: Mapping[str, object]) -> Iterator[Started]:
    """The programs of a line of shell. Raises `ValueError` for unclosed quotes."""
    for words in _commands(line):
        if words[0] == "cd" and len(words) > 1:
            cwd = normpath(join(cwd, expanded(words[-1], env)))
        elif words[0] in {"source", "."} and len(words) > 1:
            yield Started(expanded(words[1], env), cwd)
        elif words[0] not in BUILTINS:
            yield from started_by_words(words, cwd, env)


def started_by_words(
    words: Sequence[object], cwd: str, env: Mapping[str, object]
) -> Iterator[Started]:
    """The programs of a command given as a list of words; words that are not text are ignored."""
    texts = [word if isinstance(word, str) else "" for word in words]
    while texts and (_ASSIGNMENT.fullmatch(texts[0]) or texts[0] == "env"):
        texts = texts[1:]
    if not texts or not texts[0]:
        return
    program = expanded(texts[0], env)
    yield Started(program, cwd)
    if not _INTERPRETERS.fullmatch(program):
        return
    for place, word in enumerate(texts[1:], start=1):
        if re.fullmatch(r"-\w*c\w*", word) and "python" not in program:
            yield from started_by_line(texts[place + 1], cwd, env) if place + 1 < len(texts) else ()
            return
        if word in {"-c", "-m"}:
            return
        if not word.startswith("-"):
            yield Started(expanded(word, env), cwd)
            return


@lru_cache(maxsize=1024)
def _commands(line: str) -> tuple[list[str], ...]:
    """The commands of a line, cached: most tasks of a kind have the same line."""
    return tuple(_separated(line))


def _separated(line: str) -> Iterator[list[str]]:
    words: list[str] = []
    skipped = without = False
    for token in _tokens(line):
        if _SEPARATORS.issuperset(token):
            if words:
                yield words
            words, without = [], False
        elif set(token) <= set("<>&"):
            skipped = True
        elif skipped:
            skipped = False
        elif without:
            continue
        elif not words and token in _WITHOUT:
            without = True
        elif not words and (token in _BEFORE or _ASSIGNMENT.fullmatch(token)):
            continue
        else:
            words.append(token)
    if words:
        yield words


def _tokens(line: str) -> Iterator[str]:
    lexer = shlex.shlex(line.replace("\\\n", " "), posix=True, punctuation_chars=";&|()<>\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    remark = False
    for token in lexer:
        if "\n" in token and _SEPARATORS.issuperset(token):
            remark = False
        remark = remark or token.startswith("#")
        if not remark:
            yield token
