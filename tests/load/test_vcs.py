import subprocess
from pathlib import Path

import pytest

from relpro.errors import RelproError
from relpro.load.vcs import (
    Changes,
    checkout_parameters,
    commit_message,
    files_changed,
    full_revision,
    tracked_files,
)

WHO = ("-c", "user.name=A. Nobody", "-c", "user.email=nobody@example.com")


def git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *WHO, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2025-07-15T12:00:00+02:00")
    root = tmp_path / "widgets"
    root.mkdir()
    git(root, "init", "-q", "-b", "trunk")
    (root / "a").write_text("a", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "The first\n\nin two parts")
    return root


def test_a_checkout_says_what_it_is(checkout: Path) -> None:
    found = checkout_parameters(checkout)
    assert found["head_rev"] == git(checkout, "rev-parse", "HEAD")
    assert found["head_ref"] == "trunk"
    assert found["project"] == "widgets"
    assert found["owner"] == "nobody@example.com"
    assert found["head_repository"] == "https://example.com/widgets"


def test_dates_are_those_of_the_commit_in_utc(checkout: Path) -> None:
    found = checkout_parameters(checkout)
    assert found["build_date"] == found["pushdate"] == 1752573600
    assert found["moz_build_date"] == "20250715100000"


@pytest.mark.parametrize(
    "remote",
    ["git@example.com:team/gadgets.git", "https://example.com/team/gadgets"],
)
def test_the_project_is_that_of_the_remote(checkout: Path, remote: str) -> None:
    git(checkout, "remote", "add", "origin", remote)
    found = checkout_parameters(checkout)
    assert found["head_repository"] == "https://example.com/team/gadgets"
    assert found["project"] == "gadgets"


def test_a_detached_head_has_no_branch(checkout: Path) -> None:
    git(checkout, "checkout", "-q", "--detach")
    assert checkout_parameters(checkout)["head_ref"] == ""


def test_what_is_no_checkout_says_nothing(tmp_path: Path) -> None:
    assert checkout_parameters(tmp_path / "nowhere") == {}
    assert commit_message(tmp_path / "nowhere", "HEAD") == ""
    assert files_changed(tmp_path / "nowhere", "a", "b").files is None


def test_changed_files_are_sorted_and_moves_are_both_files(checkout: Path) -> None:
    git(checkout, "mv", "a", "b")
    (checkout / "0").write_text("0", encoding="utf-8")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "The second")
    assert files_changed(checkout, "HEAD~1", "HEAD") == Changes(("0", "a", "b"))
    assert files_changed(checkout, "HEAD", "HEAD") == Changes(())
    assert commit_message(checkout, "HEAD~1") == "The first\n\nin two parts"


def test_files_whose_names_begin_or_end_in_line_ends_are_listed(checkout: Path) -> None:
    names = ("\n-x", "\r\nb", " ", "z\n")
    for name in names:
        (checkout / name).write_text("new", encoding="utf-8")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "Names")
    assert files_changed(checkout, "HEAD~1", "HEAD").files == tuple(sorted(names))
    tracked = tracked_files(checkout)
    assert tracked is not None
    assert tracked.files == tuple(sorted((*names, "a")))


@pytest.mark.parametrize("remote", ["https://[::1", "http://x:99999/app"])
def test_a_remote_that_is_no_address_is_not_told(checkout: Path, remote: str) -> None:
    git(checkout, "remote", "add", "origin", remote)
    assert checkout_parameters(checkout)["head_repository"].startswith("https://example.com/")


def test_a_remote_that_is_a_folder_is_no_address(checkout: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", str(checkout), str(copy))
    found = checkout_parameters(copy)
    assert found["head_repository"] == "https://example.com/copy"
    assert found["project"] == "copy"


def _commit(root: Path, name: str) -> str:
    (root / name).write_text(name, encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", name)
    return git(root, "rev-parse", "HEAD")


def test_what_others_merged_meanwhile_is_no_change_of_a_branch(checkout: Path) -> None:
    start = git(checkout, "rev-parse", "HEAD")
    git(checkout, "checkout", "-q", "-b", "change")
    head = _commit(checkout, "mine")
    git(checkout, "checkout", "-q", "trunk")
    base = _commit(checkout, "theirs")
    found = files_changed(checkout, base, head)
    assert found.files == ("mine",)
    assert found.assumed == (
        f"changes are counted since {start}, where the branch and its base `{base}` part"
    )


@pytest.mark.parametrize("base", ["0" * 40, "b" * 40, "--output=precious"])
def test_a_base_that_is_gone_is_replaced_by_the_default_branch(
    checkout: Path, tmp_path: Path, base: str
) -> None:
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", str(checkout), str(copy))
    start = git(copy, "rev-parse", "HEAD")
    head = _commit(copy, "mine")
    found = files_changed(copy, base, head)
    assert found.files == ("mine",)
    assert f"counted since {start} of the default branch" in found.assumed
    assert not (copy / "precious").exists()


def test_a_clone_without_the_history_says_that_everything_counts(
    checkout: Path, tmp_path: Path
) -> None:
    base, head = git(checkout, "rev-parse", "HEAD"), _commit(checkout, "more")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{checkout}", str(shallow))
    found = files_changed(shallow, base, head)
    assert found.files is None
    assert found.assumed.endswith("every file counts as changed")


def test_an_option_is_no_revision(checkout: Path) -> None:
    assert commit_message(checkout, "--output=precious.txt") == ""
    assert not (checkout / "precious.txt").exists()


@pytest.mark.parametrize(
    "name", ["^HEAD", "HEAD^@", "HEAD^!", "HEAD..HEAD", "HEAD HEAD", "--all", ""]
)
def test_a_revision_is_one_commit_and_its_digits(checkout: Path, name: str) -> None:
    assert full_revision(checkout, name) is None
    assert full_revision(checkout, "trunk") == git(checkout, "rev-parse", "HEAD")


def _stored(root: Path, commit: str, old: bytes, new: bytes) -> str:
    """A commit as nobody's git writes it, in the place of the branch."""
    read = subprocess.run(
        ["git", "-C", str(root), "cat-file", "commit", commit], check=True, capture_output=True
    )
    assert old in read.stdout
    words = ("hash-object", "-t", "commit", "-w", "--stdin", "--literally")
    written = subprocess.run(
        ["git", "-C", str(root), *words],
        input=read.stdout.replace(old, new, 1),
        check=True,
        capture_output=True,
    )
    found = written.stdout.decode().strip()
    git(root, "update-ref", "refs/heads/trunk", found)
    return found


SETTINGS = """
[log]
    showSignature = true
    excludeDecoration = refs/heads/*
[i18n]
    logOutputEncoding = ISO-8859-1
[diff]
    ignoreSubmodules = all
    relative = true
    orderFile = /nowhere
[color]
    ui = always
"""


def test_settings_of_git_change_nothing_of_what_it_says(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(checkout, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
    git(checkout, "commit", "-q", "-m", "für alle")
    signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\n"
    head = _stored(checkout, "HEAD", b"\n\n", signature)

    def said() -> tuple[object, ...]:
        parameters = checkout_parameters(checkout)
        return parameters, commit_message(checkout, head), files_changed(checkout, "HEAD~1", head)

    plain = said()
    assert plain[1:] == ("für alle", Changes(("vendor",)))
    settings = tmp_path / "gitconfig"
    settings.write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert said() == plain


def test_what_git_cannot_compare_counts_as_changed(checkout: Path) -> None:
    base, head = git(checkout, "rev-parse", "HEAD"), _commit(checkout, "more")
    tree = git(checkout, "rev-parse", f"{base}^{{tree}}")
    (checkout / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    found = files_changed(checkout, base, head)
    assert found == Changes(
        None, f"git cannot compare {base} with {head}: every file counts as changed"
    )


@pytest.mark.parametrize("date", [b"18446744073709551615", b"253402300800", b"-1", b"soon"])
def test_a_commit_without_a_date_is_told(checkout: Path, date: bytes) -> None:
    head = _stored(checkout, "HEAD", b"1752573600", b"1752573600")
    head = _stored(checkout, head, b"> 1752573600 +0200\n\n", b"> " + date + b" +0200\n\n")
    with pytest.raises(RelproError, match=f"commit {head} has .* for its date, which is none"):
        checkout_parameters(checkout)


def test_line_ends_of_a_message_stay_as_they_are(checkout: Path) -> None:
    message = "one\r\ntwo\rthree\n"
    git(checkout, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message)
    assert commit_message(checkout, "HEAD") == message.rstrip("\n")


def test_a_user_and_password_in_an_address_stay_here(checkout: Path) -> None:
    git(checkout, "remote", "add", "origin", "https://me:t0ken@example.com/team/gadgets.git")
    assert checkout_parameters(checkout)["head_repository"] == "https://example.com/team/gadgets"
