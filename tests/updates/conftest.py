"""An update server over HTTPS, and the real clients of Balrog's API against it."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import balrogclient
import pytest
import requests

from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.store import Store
from tests.cli.conftest import relpro

__all__ = ["relpro"]


@attrs.define
class Moving:
    """A clock and a die that tests set."""

    now: int = 1_700_000_000_000
    roll: int = 0


@attrs.frozen
class Desk:
    """One user's way to a server: the clients that balrogscript uses, and plain requests."""

    address: str
    user: str

    @property
    def secrets(self) -> dict[str, str]:
        """Where and as whom a client gets its token."""
        domain = self.address.removeprefix("https://")
        return {"domain": domain, "client_id": self.user, "client_secret": "", "audience": "here"}

    def client(self, kind: Callable[..., Any], *names: str) -> Any:
        """A client of a class of balrogclient."""
        return kind(*names, auth0_secrets=self.secrets, api_root=f"{self.address}/api")

    def session(self) -> requests.Session:
        """A session with the user's token, as balrogclient makes it."""
        session: requests.Session = balrogclient.get_balrog_session(self.secrets)
        return session

    def call(self, method: str, path: str, **body: Any) -> requests.Response:
        """Call the API."""
        with self.session() as session:
            return session.request(method, f"{self.address}/api{path}", json=body or None)

    def update(self, parts: str, **query: str) -> requests.Response:
        """Ask for an update, as a client does."""
        address = f"{self.address}/update/6/{parts}/update.xml"
        return requests.get(address, params=query, timeout=60)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    made = folder / "both.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    where = ["-nodes", "-days", "2", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run([*command, *names, *where], cwd=folder, check=True, capture_output=True)
    made.write_bytes((folder / "certificate.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return made


@pytest.fixture
def moving() -> Moving:
    """What the server reads of time and chance."""
    return Moving()


@pytest.fixture
def server(
    certificate: Path, moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> Iterator[UpdateServer]:
    """A server that clients trust."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    store = Store(":memory:")
    service = Service(store, roll=lambda: moving.roll, now=lambda: moving.now)
    with UpdateServer(service.handle, certificate=certificate) as running:
        yield running
    store.close()


@pytest.fixture
def script(server: UpdateServer) -> Desk:
    """The script that submits releases."""
    return Desk(server.address, "script")
