"""Takes a file, gives a detached OpenPGP signature of it in ASCII, which `gpg --verify` takes."""

from pathlib import Path

import pysequoia

from relpro.workers.keys import SigningKeys


def sign(path: Path, keys: SigningKeys) -> Path:
    """Sign a file; gives the path of the signature, which lies beside it: `FILE.asc`."""
    made = path.with_name(f"{path.name}.asc")
    signer = pysequoia.Tsk.from_file(str(keys.openpgp)).signer()
    pysequoia.sign_file(signer, str(path), str(made), mode=pysequoia.SignatureMode.DETACHED)
    return made
