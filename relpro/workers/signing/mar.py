"""Takes a MAR, signs it in place, for updaters with the public key.

Source: signingscript, sign.py, sign_mar384_with_autograph_hash.
"""

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from mardor.reader import MarReader
from mardor.writer import add_signature_block

from relpro.workers.errand import Failed
from relpro.workers.keys import SigningKeys

_ALGORITHM = "sha384"


def sign(path: Path, keys: SigningKeys) -> None:
    """Sign a MAR, replacing an earlier signature. Raises `Failed` if it is no MAR."""
    bare, signed = (path.with_name(f"{path.name}.{end}") for end in ("bare", "signed"))
    try:
        with path.open("rb") as source, bare.open("w+b") as target:
            add_signature_block(source, target, _ALGORITHM)
        with bare.open("rb") as file, MarReader(file) as archive:
            digest = archive.calculate_hashes()[0][1]
        key = _key(keys.mar.read_bytes())
        signature = key.sign(digest, PKCS1v15(), Prehashed(SHA384()))
        with path.open("rb") as source, signed.open("w+b") as target:
            add_signature_block(source, target, _ALGORITHM, signature)
    except Exception as error:  # noqa: BLE001 - the package raises what its parser does
        raise Failed(f"`{path.name}` is not a MAR that can be signed: {error}") from None
    finally:
        bare.unlink(missing_ok=True)
    signed.replace(path)


@cache
def _key(pem: bytes) -> RSAPrivateKey:
    """The key, which is read once: to see that it is sound takes fifty times as long as to sign."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the key of MARs is no RSA key")
    return key
