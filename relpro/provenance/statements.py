"""Takes statements about files, signs them, and reads them.

Envelopes are those of DSSE, statements and their predicates those of in-toto. Source:
in-toto/attestation, spec/v1; slsa.dev, provenance v1. A promotion is relpro's own predicate:

    {"release": "widget-1.0-build1", "phase": "push", "group": URI, "finishedOn": TIME,
     "revision": {"uri": URI, "digest": {"gitCommit": REVISION}},
     "signOffs": [{"role": "qa", "gate": "signoff-push-qa"}],
     "inputAttestations": [{"uri": NAME, "digest": {"sha256": DIGEST OF THE ENVELOPE}}]}
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import orjson
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement as InToto
from in_toto_attestation.v1.statement_pb2 import Statement as Message
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error as NotSigned
from securesystemslib.signer import CryptoSigner, Signer, SSlibKey

from relpro.errors import Diagnostic, RelproError

PROVENANCE: Final = "https://slsa.dev/provenance/v1"
TEST: Final = "https://in-toto.io/attestation/test-result/v0.1"
PROMOTION: Final = "urn:relpro:promotion:v1"

_PAYLOAD: Final = "application/vnd.in-toto+json"

#: Type of predicate -> the message type for it; a promotion has none.
_MESSAGES: Mapping[str, Callable[[], Any] | None] = {
    PROVENANCE: Provenance,
    TEST: TestResult,
    PROMOTION: None,
}


class Unsound(Exception):
    """An envelope that cannot be trusted; the text says why."""


@attrs.frozen
class Statement:
    """A statement about files; `subjects` has the SHA-256 of each in hex, by its name."""

    kind: str
    subjects: Mapping[str, str]
    predicate: Mapping[str, Any]

    @property
    def dependencies(self) -> tuple[Mapping[str, Any], ...]:
        """The files' sources, as resource descriptors of in-toto."""
        return tuple(self.predicate.get("buildDefinition", {}).get("resolvedDependencies", ()))


def read_signer(path: Path) -> Signer:
    """A signer with the secret key in a file, in PEM. Raises `OSError` if there is none."""
    return CryptoSigner(load_pem_private_key(path.read_bytes(), None))


def read_key(path: Path) -> SSlibKey:
    """The public key in a file, in PEM. Raises `RelproError` (U819) if there is none."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(path.read_bytes()))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no public key in PEM"
        what = f"there is no key in `{path}`"
        remedy = "name the public key of who made the statements: `--key FILE`"
        raise RelproError(Diagnostic("U819", what, why=str(why), remedy=remedy)) from None


def signed(statement: Statement, signer: Signer) -> bytes:
    """The envelope of a statement, in JSON. The same statement and key give the same bytes."""
    subjects = [
        ResourceDescriptor(name=name, digest={"sha256": digest}).pb
        for name, digest in statement.subjects.items()
    ]
    made = InToto(subjects, statement.kind, dict(statement.predicate))
    made.validate()
    _demand_fit(statement.kind, statement.predicate)
    payload = orjson.dumps(json_format.MessageToDict(made.pb), option=orjson.OPT_SORT_KEYS)
    envelope = Envelope(payload, _PAYLOAD, {})
    envelope.sign(signer)
    return orjson.dumps(envelope.to_dict(), option=orjson.OPT_SORT_KEYS)


def opened(content: bytes, key: SSlibKey) -> Statement:
    """The statement in an envelope signed by a key. Raises `Unsound`."""
    try:
        envelope = Envelope.from_dict(orjson.loads(content))
        envelope.verify([key], 1)
    except NotSigned:
        raise Unsound("it is altered, or signed by another key") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unsound("it is no envelope of DSSE") from None
    if envelope.payload_type != _PAYLOAD:
        raise Unsound(f"it holds `{envelope.payload_type}`, not a statement of in-toto")
    try:
        said = orjson.loads(envelope.payload)
        InToto.copy_from_pb(json_format.ParseDict(said, Message())).validate()
        _demand_fit(said["predicateType"], said["predicate"])
    except (json_format.ParseError, ValueError) as error:
        raise Unsound(f"it is no statement of a release: {error}") from None
    subjects = {one["name"]: one["digest"]["sha256"] for one in said["subject"]}
    return Statement(said["predicateType"], subjects, said["predicate"])


def digest_of(content: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _demand_fit(kind: str, predicate: Mapping[str, object]) -> None:
    """Raise `ValueError` or `ParseError` for a predicate of unknown type or invalid content."""
    if kind not in _MESSAGES:
        raise ValueError(f"the type of predicate `{kind}` is unknown")
    message = _MESSAGES[kind]
    if message is not None:
        json_format.ParseDict(dict(predicate), message())
