"""What a signing worker does with each format, judged by the program that users have."""

import subprocess
from pathlib import Path
from typing import Any

from relpro.workers.keys import Keys
from tests.scripts.stage import Ran, Stage

CERT = "project:widgets:releng:signing:cert:dep-signing"


def sign(stage: Stage, name: str, content: bytes, *formats: str, **more: Any) -> Ran:
    """A task that signs one file."""
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": [name], "formats": list(formats)}
    payload = {"upstreamArtifacts": [item]}
    return stage.run("signing", payload, CERT, files={name: content}, **more)


def test_gpg_takes_a_signature_and_no_other_bytes(stage: Stage, keys: Keys, tmp_path: Path) -> None:
    ran = sign(stage, "public/build/a.tar.gz", b"content", "gcp_prod_autograph_gpg")
    assert ran.state == "completed"
    names = ["public/build/KEY", "public/build/a.tar.gz", "public/build/a.tar.gz.asc"]
    assert ran.names() == names
    key, file, signature = (tmp_path / name for name in ("KEY", "a", "a.asc"))
    for path, name in zip((key, file, signature), names, strict=True):
        path.write_bytes(ran.made(name))
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--no-autostart"]
    subprocess.run([*gpg, "--import", str(key)], check=True, capture_output=True)
    verify = [*gpg, "--verify", str(signature), str(file)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    file.write_bytes(b"other")
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 1


def test_a_certificate_without_keys_signs_nothing(stage: Stage) -> None:
    other = CERT.replace("dep", "release")
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": ["public/a"], "formats": ["x"]}
    ran = stage.run("signing", {"upstreamArtifacts": [item]}, other, files={"public/a": b"a"})
    assert ran.state.startswith("malformed-payload: there are no keys for certificate")
    assert ran.names() == []


def test_a_format_that_nobody_knows_is_refused(stage: Stage) -> None:
    ran = sign(stage, "public/a", b"a", "autograph_unheard_of")
    assert ran.state.startswith("resource-unavailable: no method is known for `autograph_unheard_")


def test_what_the_script_refuses_is_refused(stage: Stage) -> None:
    ran = sign(stage, "public/a.exe", b"a", "autograph_omnija")
    assert ran.state.startswith("malformed-payload: `payload.upstreamArtifacts[0]`")
