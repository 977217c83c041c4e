"""What every page must hold to: links lead somewhere, commands exist, snippets can be read."""

import ast
import json
import re
import shlex
import tomllib
from pathlib import Path

import attrs
import click
import pytest

from relpro.cli import COMMANDS, cli
from relpro.codes import CATALOGUE
from relpro.yaml.document import parse
from tests.docs.pages import DOCS, PAGES, Run, blocks, commands, steps
from tests.docs.reader import Reader

IDS = [str(page.relative_to(DOCS.parent)) for page in PAGES]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.fixture(params=PAGES, ids=IDS)
def page(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def anchors(path: Path) -> set[str]:
    """The headings of a page as links name them."""
    text = path.read_text(encoding="utf-8")
    made = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(text)
    }
    return made | set(re.findall(r'^<a id="([\w-]+)"></a>$', text, re.MULTILINE))


def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), f"{page} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page} links to {link}"


def test_every_command_and_option_exists(page: Path) -> None:
    for line in commands(page.read_text(encoding="utf-8")):
        words = shlex.split(line, comments=True)
        assert words[1] in COMMANDS, f"{page}: {line}"
        command = cli.get_command(click.Context(cli), words[1])
        if isinstance(command, click.Group) and len(words) > 2:
            command = command.commands[words[2]]
        assert command is not None
        known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
        used = {word.split("=")[0] for word in words[2:] if re.match(r"--?[a-z]", word)}
        assert used <= {*known, "--help"}, f"{page}: {line}"


def test_every_code_of_an_error_is_in_the_catalogue(page: Path) -> None:
    codes = re.findall(r"\b[YKTGPOQU][1-8]\d\d\b", page.read_text(encoding="utf-8"))
    assert set(codes) <= set(CATALOGUE)


def test_every_snippet_can_be_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for snippet in blocks(text, "yaml"):
        parse(snippet.encode(), str(page))
    for snippet in blocks(text, "json"):
        json.loads(snippet)
    for snippet in blocks(text, "python"):
        ast.parse(snippet)


def test_every_fence_is_closed_and_every_page_begins_with_one_title(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "```" not in outside
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", outside, re.MULTILINE)) == 1


def test_lines_are_no_longer_than_can_be_read(page: Path) -> None:
    text = re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    long = [line for line in text.split("\n") if len(line) > 150 and not line.startswith("|")]
    assert long == []


def test_every_command_has_help_with_an_example() -> None:
    for name, what in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.help, name
        assert "Example" in command.help, f"{name} shows no example"
        assert f"relpro {name}" in command.help, name
        assert "\b\n" in command.help, f"the examples of {name} are run together"
        assert what.endswith("."), name
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert option.help, f"{name} {option.opts}"


def test_decisions_are_numbered_and_say_context_choice_and_cost() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
    for number, path in zip(numbers, decisions, strict=True):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(number):04}: ")
        assert all(f"**{word}.**" in text for word in ("Context", "Choice", "Cost"))
        assert len(text.split()) < 300


def test_the_picture_of_the_layers_has_every_layer_of_the_contract() -> None:
    configured = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    (contract, *_) = configured["tool"]["importlinter"]["contracts"]
    layers = re.findall(r"\w+", "\n".join(contract["layers"]))
    text = (DOCS / "explanation" / "how-it-works.md").read_text(encoding="utf-8")
    (picture,) = blocks(text, "mermaid")
    drawn = [name for name in re.findall(r"\w+", picture) if name in layers]
    assert list(dict.fromkeys(drawn)) == layers


def test_the_commands_of_the_readme_run_and_print_what_it_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    shown = [step for step in steps(text) if isinstance(step, Run)]
    lines = [
        line
        for line in commands(text)
        if not line.startswith(("relpro init", "relpro diff", "relpro apply"))
        and line not in {step.command for step in shown}
    ]
    assert len(lines) >= 6
    for line in lines:
        printed = reader.run(f"{line} --root {DOCS.parent} > output || echo failed")
        assert "failed" not in printed, f"{line}: {printed}"
    for step in shown:
        here = attrs.evolve(step, command=step.command.replace("docs/", f"{DOCS}/") + " 2> log")
        reader.take(here)


def test_the_kind_in_the_readme_is_the_one_of_the_example() -> None:
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    (kind,) = blocks(text, "yaml")
    assert kind == (DOCS / "examples/postcard/kinds/promote/signing.yml").read_text("utf-8")


def test_make_targets_that_the_readme_names_exist() -> None:
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    makefile = (DOCS.parent / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^    |`)make (\w+)", text, re.MULTILINE))
    assert len(named) >= 3
    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
