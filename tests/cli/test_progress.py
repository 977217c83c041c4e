import sys

import click
import pytest

from relpro.cli.progress import progress_bar


@click.command()
def count() -> None:
    """Counts to three."""
    show = progress_bar("counting")
    for done in (1, 2, 3):
        show(done, 3)


def test_a_terminal_shows_a_bar_which_goes_in_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    count.main([], standalone_mode=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert "counting" in err
    assert "3/3" in err


def test_elsewhere_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    count.main([], standalone_mode=False)
    assert capsys.readouterr() == ("", "")
