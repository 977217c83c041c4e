"""Makes and reads the throw-away keys of a rehearsal, in one folder.

    chain-of-trust/IMPLEMENTATION       the seed of an ed25519 key, base64, as scriptworker reads it
    chain-of-trust/IMPLEMENTATION.pub   its public key, base64
    signing/CERTIFICATE/openpgp.asc     a secret OpenPGP key; KEY is its public part
    signing/CERTIFICATE/mar.pem         an RSA key of 4096 bits for MARs; mar.pub is its public part
    signing/CERTIFICATE/code.pem        an RSA key and its certificate, for code and archives;
                                        code.crt is the certificate alone
    provenance/key.pem                  an ed25519 key for provenance statements; key.pub is its
                                        public part

There is a folder for each certificate in scopes of signing tasks (`...:signing:cert:NAME`), and
`addons` for the add-on site. Each has keys of its own.
"""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pysequoia
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from relpro.errors import Diagnostic, RelproError

#: Implementations that sign Chain of Trust statements. Source: scriptworker, `ed25519_public_keys`.
IMPLEMENTATIONS = ("docker-worker", "generic-worker", "scriptworker")

#: The PEM format of public keys.
_PUBLIC = PublicFormat.SubjectPublicKeyInfo

#: The owner of the keys: nobody.
_WHO = "Rehearsal"

#: The validity of a certificate: longer than any rehearsal.
_LASTS = timedelta(days=365)


@attrs.frozen
class SigningKeys:
    """The files of the keys of one certificate."""

    folder: Path

    @property
    def openpgp(self) -> Path:
        """A secret OpenPGP key, in ASCII."""
        return self.folder / "openpgp.asc"

    @property
    def openpgp_public(self) -> Path:
        """Its public part, in ASCII."""
        return self.folder / "KEY"

    @property
    def mar(self) -> Path:
        """A secret RSA key of 4096 bits, in PEM."""
        return self.folder / "mar.pem"

    @property
    def mar_public(self) -> Path:
        """Its public part, in PEM, which an updater has built in."""
        return self.folder / "mar.pub"

    @property
    def code(self) -> Path:
        """A secret RSA key and its certificate, in PEM."""
        return self.folder / "code.pem"

    @property
    def code_certificate(self) -> Path:
        """The certificate alone, in PEM, which verifies signatures."""
        return self.folder / "code.crt"


@attrs.frozen
class Keys:
    """The keys in a folder."""

    folder: Path

    def signs(self, implementation: str, content: bytes) -> bytes:
        """The signature of a statement by the key of a worker implementation.

        Raises `RelproError` (Q741) if there is no such key.
        """
        return Ed25519PrivateKey.from_private_bytes(self._seed(implementation)).sign(content)

    def is_signed(self, implementation: str, content: bytes, signature: bytes) -> bool:
        """Whether a signature is by a worker implementation. Raises `RelproError` (Q741)."""
        key = Ed25519PublicKey.from_public_bytes(self._seed(f"{implementation}.pub"))
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def signing(self, certificate: str) -> SigningKeys | None:
        """The keys of a certificate; None if there are none."""
        folder = self.folder / "signing" / certificate
        return SigningKeys(folder) if "/" not in certificate and folder.is_dir() else None

    @property
    def provenance(self) -> Path:
        """A secret ed25519 key, in PEM."""
        return self.folder / "provenance" / "key.pem"

    @property
    def provenance_public(self) -> Path:
        """Its public part, in PEM, which verifies provenance statements."""
        return self.provenance.with_suffix(".pub")

    def public(self) -> dict[str, str]:
        """Implementation -> public key of Chain of Trust in base64. Raises `RelproError` (Q741)."""
        return {
            name: base64.b64encode(self._seed(f"{name}.pub")).decode() for name in IMPLEMENTATIONS
        }

    def _seed(self, name: str) -> bytes:
        path = self.folder / "chain-of-trust" / name
        try:
            return base64.b64decode(path.read_bytes(), validate=True)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not base64"
            remedy = f"make keys: `relpro keys {self.folder}`"
            what = f"there is no key in `{path}`"
            raise RelproError(Diagnostic("Q741", what, why=str(why), remedy=remedy)) from None


def make_keys(folder: Path, certificates: Iterable[str] = ()) -> Keys:
    """Make the missing keys in a folder, for each named certificate.

    Existing keys are kept. Raises `RelproError` (Q711) if files cannot be written.
    """
    try:
        chain = folder / "chain-of-trust"
        chain.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in IMPLEMENTATIONS:
            if not (chain / f"{name}.pub").exists():
                _make_chain_key(chain / name)
        if not Keys(folder).provenance_public.exists():
            _make_provenance(Keys(folder))
        for certificate in certificates:
            made = SigningKeys(folder / "signing" / certificate)
            if not made.code_certificate.exists():
                made.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                _make_openpgp(made)
                _make_mar(made)
                _make_code(made, certificate)
    except OSError as error:
        what = f"keys cannot be written below `{folder}`: {error.strerror}"
        raise RelproError(Diagnostic("Q711", what, remedy="name a folder of your own")) from None
    return Keys(folder)


def _make_chain_key(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    _write(path, base64.b64encode(key.private_bytes_raw()))
    _write(
        path.with_name(f"{path.name}.pub"), base64.b64encode(key.public_key().public_bytes_raw())
    )


def _make_provenance(keys: Keys) -> None:
    key = Ed25519PrivateKey.generate()
    keys.provenance.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(keys.provenance, _private(key))
    public = key.public_key()
    _write(keys.provenance_public, public.public_bytes(Encoding.PEM, _PUBLIC))


def _make_openpgp(keys: SigningKeys) -> None:
    key = pysequoia.Tsk.generate(f"{_WHO} <rehearsal@example.com>")
    _write(keys.openpgp, str(key).encode())
    _write(keys.openpgp_public, str(key.extract_certificate()).encode())


def _make_mar(keys: SigningKeys) -> None:
    key = rsa.generate_private_key(65537, 4096)
    _write(keys.mar, _private(key))
    _write(keys.mar_public, key.public_key().public_bytes(Encoding.PEM, _PUBLIC))


def _make_code(keys: SigningKeys, certificate: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{_WHO} {certificate}")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    _write(keys.code, _private(key) + signed)
    _write(keys.code_certificate, signed)


def _private(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a key that only the owner reads, whole or not at all."""
    made = path.with_name(f".{path.name}")
    made.touch(mode=0o600)
    made.write_bytes(content)
    made.replace(path)
