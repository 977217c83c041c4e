"""Takes a file, gives a detached RSA signature of its SHA-256 (PKCS #1 v1.5): `FILE.sig`."""

from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from relpro.workers.keys import SigningKeys


def sign(path: Path, keys: SigningKeys) -> Path:
    """Sign a file; returns the path of the signature beside it."""
    key = serialization.load_pem_private_key(keys.code.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey), "keys are made here"
    made = path.with_name(f"{path.name}.sig")
    made.write_bytes(key.sign(path.read_bytes(), padding.PKCS1v15(), hashes.SHA256()))
    return made
