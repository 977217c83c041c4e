"""Takes bytes, gives a detached signature in CMS (RFC 5652), in DER.

The same bytes and key give the same signature, since it contains no time.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from relpro.workers.keys import SigningKeys

_OPTIONS = (
    pkcs7.PKCS7Options.DetachedSignature,
    pkcs7.PKCS7Options.Binary,
    pkcs7.PKCS7Options.NoAttributes,
)


def sign(content: bytes, keys: SigningKeys) -> bytes:
    """The signature of bytes with the code-signing key, including its certificate."""
    pem = keys.code.read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey), "keys are made here"
    certificate = x509.load_pem_x509_certificate(pem)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, _OPTIONS)
