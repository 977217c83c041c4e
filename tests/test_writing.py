"""Files are written as a whole, or not at all."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from relpro import swapping
from relpro.writing import INCOMPLETE, Write, is_complete, whole_file, write_folder, write_whole


def test_a_file_takes_its_place_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"before")
    with whole_file(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert [one.name for one in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_stays_and_leads_to_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_whole(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"content"


def test_a_device_is_written_to() -> None:
    write_whole(Path(os.devnull), b"content")
    assert not Path(os.devnull).is_file()


def test_what_cannot_be_written_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "missing" / "x", b"")
    assert caught.value.filename == str(tmp_path / "missing" / "x")


def _full_at(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    names = ("parameters.yml", "plan.json")
    write_folder(tmp_path, [(name, lambda file: file.write(b"before")) for name in names])
    script = (
        "import signal, sys; from pathlib import Path; from relpro.writing import write_folder\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "small, large = (lambda f: f.write(b'after')), (lambda f: f.write(b'x' * 100000))\n"
        "write_folder(Path(sys.argv[1]), [('parameters.yml', small), ('plan.json', large)])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        check=False,
        preexec_fn=lambda: _full_at(4096),
    )
    assert b"File too large" in ran.stderr
    assert {one.name for one in tmp_path.iterdir()} == set(names)
    assert {(tmp_path / name).read_bytes() for name in names} == {b"before"}


#: Kills itself at the call of this number that changes a name.
KILLED = """
import os, pathlib, sys
from pathlib import Path
from relpro import swapping
from relpro.writing import write_folder
count = 0
def killing(call):
    def called(*given, **named):
        global count
        if count == int(sys.argv[2]):
            os._exit(9)
        count += 1
        return call(*given, **named)
    return called
for name in ("rename", "replace", "unlink"):
    setattr(pathlib.Path, name, killing(getattr(pathlib.Path, name)))
os.link = killing(os.link)
swapping.exchange = killing(swapping.exchange)
if sys.argv[3] == "works there":
    os.chdir(sys.argv[1])
names = ("parameters.yml", "contexts/graph.json", "plan.json")
write_folder(Path(sys.argv[1]), [(name, lambda file: file.write(b"after")) for name in names])
"""
NAMES = ("parameters.yml", "contexts/graph.json", "plan.json")


def _writes(content: bytes) -> list[tuple[str, Write]]:
    return [(name, lambda file: file.write(content)) for name in NAMES]


def _outcomes(folder: Path, how: str, others: Mapping[str, bytes]) -> Iterator[tuple[bytes, ...]]:
    """What of a build is there, and that it is whole, after a kill at each moment."""
    for moment in range(40):
        place = folder / str(moment) / "public"
        write_folder(place, _writes(b"before"))
        for name, content in others.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        words = [sys.executable, "-c", KILLED, str(place), str(moment), how]
        code = subprocess.run(words, check=False).returncode
        assert {name: (place / name).read_bytes() for name in others} == others
        there = [(place / name).read_bytes() for name in NAMES if (place / name).exists()]
        yield (b"whole" if is_complete(place) else b"part", *there)
        if code == 0:
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("others", [{}, {"log": b"x"}, {"mine/deep/log": b"x", "contexts/y": b""}])
def test_a_kill_at_any_moment_leaves_one_build_or_the_other(
    tmp_path: Path, others: Mapping[str, bytes]
) -> None:
    outcomes = [*_outcomes(tmp_path, "", others)]
    assert outcomes[0] == (b"whole", b"before", b"before", b"before")
    assert outcomes[-1] == (b"whole", b"after", b"after", b"after")
    assert set(outcomes) == {outcomes[0], outcomes[-1]}


def test_a_folder_that_is_written_file_by_file_says_so_until_all_are_there(
    tmp_path: Path,
) -> None:
    outcomes = [*_outcomes(tmp_path, "works there", {"log": b"x"})]
    assert outcomes[0] == (b"whole", b"before", b"before", b"before")
    assert outcomes[-1] == (b"whole", b"after", b"after", b"after")
    assert all(len({*there}) <= 1 for _, *there in outcomes)  # of one build
    whole = {outcome for outcome in outcomes if outcome[0] == b"whole"}
    assert whole == {outcomes[0], outcomes[-1]}
    assert any(outcome[0] == b"part" and len(outcome) < 4 for outcome in outcomes)


def test_what_a_kill_left_is_mended_by_the_next_build(tmp_path: Path) -> None:
    write_folder(tmp_path / "public", _writes(b"before"))
    (tmp_path / "public" / INCOMPLETE).write_bytes(b"")
    assert not is_complete(tmp_path / "public")
    write_folder(tmp_path / "public", _writes(b"after"))
    assert is_complete(tmp_path / "public")


def test_without_a_way_to_change_names_at_once_other_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_paths: Path) -> None:
        raise OSError

    monkeypatch.setattr(swapping, "exchange", cannot)
    for content in (b"1", b"2", b"3"):
        write_folder(tmp_path / "public", _writes(content))
        assert {(tmp_path / "public" / name).read_bytes() for name in NAMES} == {content}
        (tmp_path / "public" / "log").write_bytes(b"x")
    assert {one.name for one in tmp_path.iterdir()} == {"public"}
    found = {one.name for one in (tmp_path / "public").iterdir()}
    assert found == {"log", "parameters.yml", "contexts", "plan.json"}


def test_what_is_kept_keeps_its_content_mode_and_links(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_folder(folder, _writes(b"before"))
    folder.chmod(0o750)
    (folder / "mine").mkdir(mode=0o700)
    (folder / "mine" / "run").write_bytes(b"x")
    (folder / "mine" / "run").chmod(0o711)
    (folder / "link").symlink_to("nowhere")
    with (folder / "log").open("ab") as log:
        write_folder(folder, _writes(b"after"))
        log.write(b"said meanwhile")
    assert (folder / "log").read_bytes() == b"said meanwhile"
    assert (folder / "link").readlink() == Path("nowhere")
    modes = [(folder / name).stat().st_mode & 0o777 for name in ("", "mine", "mine/run")]
    assert modes == [0o750, 0o700, 0o711]
    assert {one.name for one in tmp_path.iterdir()} == {"public"}


def test_the_folder_in_which_one_works_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    write_folder(Path(), [("a", lambda file: file.write(b"content"))])
    assert tmp_path.stat().st_ino == before
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_folder(tmp_path / "link", [("a", lambda file: file.write(b"content"))])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "a").read_bytes() == b"content"
    assert {one.name for one in tmp_path.iterdir()} == {"there", "link"}
