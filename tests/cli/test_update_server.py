"""`relpro update-server`: it serves until it is stopped, and says in one message why it cannot."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import requests

from tests.cli.conftest import Run


def test_it_serves_until_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "relpro", "update-server"]
    options = ["--path", str(tmp_path / "updates.sqlite")]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1]
        assert address.startswith("http://127.0.0.1:")
        first = "Widget/1.0/20240101/Linux_x86_64-gcc3/de/release"
        for path in (f"/update/1/{first}/update.xml", "/update/of/no/form"):
            told = requests.get(address + path, timeout=60)
            assert told.text == '<?xml version="1.0"?>\n<updates>\n</updates>'
        assert requests.get(f"{address}/__heartbeat__", timeout=60).status_code == 200
        assert requests.get(f"{address}/nothing", timeout=60).status_code == 404
        assert requests.post(f"{address}/api/rules", json={}, timeout=60).status_code == 401
    finally:
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
        process.stdout.close()


def test_a_taken_port_is_one_message(relpro: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = relpro("update-server", "--port", str(taken.getsockname()[1]))
    assert ran.code == 2
    assert ran.err.startswith("error[U801]: port ")


def test_a_certificate_that_is_none_is_one_message(relpro: Run, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing", encoding="utf-8")
    for name in ("none.pem", "missing.pem"):
        ran = relpro("update-server", "--certificate", str(tmp_path / name))
        assert ran.code == 2
        assert "is not a certificate with its key" in ran.err
