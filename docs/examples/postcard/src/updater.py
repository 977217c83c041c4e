#!/usr/bin/env python3
"""Updates the postcard beside which it lies: python3 updater.py [--force] [--restart].

It asks the update server whether there is an update, downloads it, and installs it only if it has the
size and digest that the server told, is signed by the key beside this file, is made for this channel,
and is not older than what is installed. A partial update that does not fit is followed by the
complete one. Nothing is changed before everything is checked; then the new folder takes the place of
the old one. `--force` is a person who looks for updates. Exits with 0 whether or not there was one.
"""

import configparser
import hashlib
import lzma
import os
import platform
import re
import shutil
import struct
import sys
import urllib.request
import xml.etree.ElementTree as ET
from base64 import b64decode
from pathlib import Path

HOME = Path(__file__).resolve().parent

#: Seconds that a server may be silent; bytes that an update may have.
PATIENCE, LARGEST = 60, 200_000_000

#: What stands before a SHA-384 digest in a signature (RFC 8017, EMSA-PKCS1-v1_5).
SHA384 = bytes.fromhex("3041300d060960864801650304020205000430")


class Refused(Exception):
    """An update that must not be installed, and why."""


def read_ini(name, section, folder=HOME):
    """A section of a file of the installation, as a mapping."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(folder / name, encoding="utf-8")
    return dict(parser[section])


def address(force):
    """Whom to ask for an update, with all that this client says of itself."""
    app, settings = read_ini("application.ini", "App"), read_ini("update-settings.ini", "Settings")
    told = {
        "PRODUCT": app["Name"],
        "VERSION": app["Version"],
        "BUILD_ID": app["BuildID"],
        "BUILD_TARGET": app["BuildTarget"],
        "LOCALE": read_ini("locale.ini", "Locale")["Name"],
        "CHANNEL": settings["Channel"],
        "OS_VERSION": platform.system(),
    }
    url = os.environ.get("POSTCARD_UPDATE_URL") or settings["URL"]
    url = re.sub("%([A-Z_]+)%", lambda found: told[found[1]], url)
    return f"{url}?force=1" if force else url


def get(url, most):
    """What is at an address: `most` bytes and one more at most."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read(most + 1)
    except OSError as error:
        raise Refused(f"{url}: {error}") from None


def checked(patch):
    """The content of an update that is offered: of the size and digest that were told."""
    told = patch.attrib
    size = int(told["size"])
    if size > LARGEST:
        raise Refused(f"it has {size} bytes")
    content = get(told["URL"], size)
    if len(content) != size:
        raise Refused(f"it has not {size} bytes")
    if told["hashFunction"].lower() != "sha512":
        raise Refused(f"its digest is a {told['hashFunction']}")
    if hashlib.sha512(content).hexdigest() != told["hashValue"].lower():
        raise Refused("it has another digest")
    return content


def read_key(pem):
    """Modulus and exponent of a public RSA key in PEM (RFC 5280, SubjectPublicKeyInfo)."""
    body = b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-")))
    _, info, _ = _der(body)
    _, _, rest = _der(info)  # which algorithm
    _, bits, _ = _der(rest)
    _, numbers, _ = _der(bits[1:])
    _, modulus, rest = _der(numbers)
    _, exponent, _ = _der(rest)
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")


def _der(content):
    """Tag, content and what follows, of the first value."""
    tag, length, start = content[0], content[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(content[2:start], "big")
    return tag, content[start : start + length], content[start + length :]


def is_signed(digest, signature, pem):
    """Whether a key has signed a SHA-384 digest."""
    modulus, exponent = read_key(pem)
    length = (modulus.bit_length() + 7) // 8
    end = SHA384 + digest
    wanted = b"\x00\x01" + b"\xff" * (length - len(end) - 3) + b"\x00" + end
    number = int.from_bytes(signature, "big")
    return number < modulus and pow(number, exponent, modulus).to_bytes(length, "big") == wanted


def read_mar(content, pem):
    """The members of a MAR that a key has signed, and the channels and the version that it names.

    Gives name -> (content, whether it is a program); "" has ((channels, version), False).
    """
    try:
        return _read_mar(content, pem)
    except (struct.error, ValueError, lzma.LZMAError) as error:
        raise Refused(f"it is damaged: {error}") from None


def _read_mar(content, pem):
    magic, index, size, signatures = struct.unpack_from(">4sIQI", content)
    if magic != b"MAR1" or size != len(content):
        raise Refused("it is not a MAR")
    place, signed, made = 20, hashlib.sha384(content[:20]), []
    for _ in range(signatures):
        algorithm, length = struct.unpack_from(">II", content, place)
        signed.update(content[place : place + 8])
        made.append((algorithm, content[place + 8 : place + 8 + length]))
        place += 8 + length
    signed.update(content[place:])
    if not any(sort == 2 and is_signed(signed.digest(), one, pem) for sort, one in made):
        raise Refused("it is not signed by the key of this program")
    (sections,) = struct.unpack_from(">I", content, place)
    place, about = place + 4, (frozenset(), "")
    for _ in range(sections):
        length, kind = struct.unpack_from(">II", content, place)
        if kind == 1:
            channels, version, _ = content[place + 8 : place + length].decode().split("\0", 2)
            about = (frozenset(channels.split(",")), version)
        place += length
    members, place = {"": (about, False)}, index + 4
    while place < len(content):
        start, length, mode = struct.unpack_from(">III", content, place)
        end = content.index(b"\0", place + 12)
        packed = content[start : start + length]
        is_packed = packed.startswith(b"\xfd7zXZ\0")
        members[content[place + 12 : end].decode()] = (
            lzma.decompress(packed) if is_packed else packed,
            bool(mode & 0o100),
        )
        place = end + 1
    return members


def demand_fit(members, app, settings):
    """Raise Refused for an archive of another channel, or of an older version."""
    (channels, version), _ = members[""]
    accepted = set(settings["ACCEPTED_MAR_CHANNEL_IDS"].split(","))
    if not channels & accepted:
        raise Refused(f"it is for channel {', '.join(sorted(channels))}")
    if _numbers(version) < _numbers(app["Version"]):
        raise Refused(f"its version is {version}, older than this")


def _numbers(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def apply(members, folder):
    """Do what the manifest says, line by line; nothing is written before the last one fits."""
    changed, folder = {}, Path(folder)
    for line in members["updatev3.manifest"][0].decode().splitlines():
        what, *names = re.findall(r'[a-z-]+(?= ")|"[^"]*"', line)
        names = [_below(name.strip('"')) for name in names]
        if what == "add":
            changed[names[0]] = members[names[0]]
        elif what == "patch":
            patch, name = names
            changed[name] = (
                patched((folder / name).read_bytes(), members[patch][0]),
                bool((folder / name).stat().st_mode & 0o100),
            )
        elif what == "remove":
            changed[names[0]] = None
        elif what not in ("type", "rmdir"):
            raise Refused(f"its manifest says `{line}`")
    for name, found in changed.items():
        path = folder / name
        if found is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found[0])
        path.chmod(0o755 if found[1] else 0o644)


def _below(name):
    if name.startswith("/") or ".." in name.split("/"):
        raise Refused(f"it would write to `{name}`")
    return name


def patched(old, patch):
    """A file made of the old one by a patch (MBDIFF10)."""
    tag, size, crc, new_size, controls, diffs, extras = struct.unpack_from(">8sIIIIII", patch)
    if tag != b"MBDIFF10" or size != len(old) or crc != crc32_bzip2(old):
        raise Refused("a patch does not fit the file that is installed")
    control = patch[32 : 32 + controls]
    diff = patch[32 + controls : 32 + controls + diffs]
    extra = patch[32 + controls + diffs : 32 + controls + diffs + extras]
    new, at, at_diff, at_extra = bytearray(), 0, 0, 0
    for add, copy, seek in struct.iter_unpack(">IIi", control):
        pairs = zip(old[at : at + add], diff[at_diff : at_diff + add], strict=True)
        new += bytes((one + other) & 0xFF for one, other in pairs)
        new += extra[at_extra : at_extra + copy]
        at, at_diff, at_extra = at + add + seek, at_diff + add, at_extra + copy
    if len(new) != new_size:
        raise Refused("a patch makes a file of another length")
    return bytes(new)


def _crc_table():
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        yield value


CRC = tuple(_crc_table())


def crc32_bzip2(content):
    """The CRC that stands in patches: CRC-32/BZIP2."""
    value = 0xFFFFFFFF
    for byte in content:
        value = (value << 8 & 0xFFFFFFFF) ^ CRC[value >> 24 ^ byte]
    return value ^ 0xFFFFFFFF


def install(content):
    """Put what an update makes of this installation in its place."""
    members = read_mar(content, (HOME / "release.pem").read_bytes())
    app, settings = read_ini("application.ini", "App"), read_ini("update-settings.ini", "Settings")
    demand_fit(members, app, settings)
    new, old = HOME.with_name(f"{HOME.name}.new"), HOME.with_name(f"{HOME.name}.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HOME, new)
    try:
        apply(members, new)
    except BaseException:
        shutil.rmtree(new)
        raise
    HOME.rename(old)
    new.rename(HOME)
    shutil.rmtree(old)


def update(force):
    """Look for an update and install it; whether there was one. Raises Refused."""
    found = ET.fromstring(get(address(force), LARGEST)).find("update")
    if found is None:
        print("there is no update")
        return False
    refused = Refused("no file is offered")
    # The smaller one first: partial stands after complete in the alphabet, and before it here.
    for patch in sorted(found.iter("patch"), key=lambda one: one.attrib["type"], reverse=True):
        try:
            install(checked(patch))
        except Refused as error:
            print(f"the {patch.attrib['type']} update is refused: {error}", file=sys.stderr)
            refused = error
        else:
            print(f"updated to {found.attrib['appVersion']} by a {patch.attrib['type']} update")
            return True
    raise refused


def restart():
    """Start the program that is installed now, in place of this one."""
    program = HOME / ("postcard.exe" if (HOME / "postcard.exe").exists() else "postcard")
    os.execv(program, [str(program), "--version"])


if __name__ == "__main__":
    try:
        if update("--force" in sys.argv) and "--restart" in sys.argv:
            restart()
    except Refused as refused_update:
        sys.exit(f"not updated: {refused_update}")
