"""Takes a file, gives a detached ASCII OpenPGP signature, which `gpg --verify` accepts."""

from pathlib import Path

import pysequoia

from relpro.workers.keys import SigningKeys


def sign(path: Path, keys: SigningKeys) -> Path:
    """Sign a file; returns the path of the signature beside it: `FILE.asc`."""
    made = path.with_name(f"{path.name}.asc")
    signer = pysequoia.Tsk.from_file(str(keys.openpgp)).signer()
    pysequoia.sign_file(signer, str(path), str(made), mode=pysequoia.SignatureMode.DETACHED)
    return made
