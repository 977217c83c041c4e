"""Random tables of an update server, and requests to them, from a seed.

Values come from small pools, so that rules fit often and answers differ. Everything is plain JSON:
the same cases can be given to another server.
"""

from random import Random
from typing import Any

import attrs

Json = dict[str, Any]

PRODUCTS = ("Widget", "Gadget")
TARGETS = ("Linux_x86_64-gcc3", "WINNT_x86_64-msvc", "Darwin_x86_64-gcc3", "Darwin_aarch64-gcc3")
LOCALES = ("de", "fr", "en-US")
CHANNELS = ("release", "beta", "release-localtest", "release-cck-shop", "nightly")
VERSIONS = (
    *("1.5.0.4", "3.6.3", "3.6.3plugin1", "3.6b2", "4.0", "60.0", "60.0.0", "60.0.1", "60.1"),
    *("61.0a1", "61.0", "70.0", "70.1.2", "70.1a2", "100.0"),
)
#: What releases mostly are, and clients mostly are not.
NEW_VERSIONS = ("61.0a1", "61.0", "70.0", "70.1.2", "70.1a2", "100.0")
BAD_VERSIONS = ("abc", "60", "115.3.0esr", "61.0b2", "60.0.", "1.2.3.4.5")
BUILDS = ("20240101000000", "20240201000000", "20240301000000", "20240401000000")
SYSTEMS = ("Linux 5.4 (GTK 3.24)", "Windows_NT 10.0.0.0", "Windows_NT 6.1", "Darwin 20")
ITEMS = ("SSE2", "SSE3", "SSE4_2")
PARTNERS = ("default", "shop", "bank")
HOSTS = ("files.example", "mirror.example")
FORBIDDEN = "elsewhere.example"
PINS = ("60.", "60.0.", "61.", "70.", "70.1.")


@attrs.frozen
class Case:
    """One request: the parts of its address, its query, who sends it, and what the die shows."""

    parts: tuple[str, ...]
    query: Json
    user_agent: str
    roll: int


def make_tables(random: Random) -> Json:
    """Rows of rules, releases, pins and shut-offs."""
    names = [f"Widget-{number}" for number in range(random.randint(2, 5))]
    releases = [_release(random, name, names) for name in names]
    count = random.randint(1, 6)
    return {
        "rules": [_rule(random, number, names) for number in range(1, count + 1)],
        "releases": releases,
        "pins": _pins(random, names),
        "shutoffs": [["Widget", random.choice(CHANNELS)]] if random.random() < 0.08 else [],
        "hosts": {host: list(PRODUCTS[: random.randint(1, 2)]) for host in HOSTS},
    }


def make_case(random: Random) -> Case:
    """A request, mostly well-formed."""
    first = [
        random.choice(PRODUCTS if random.random() < 0.2 else PRODUCTS[:1]),
        random.choice(VERSIONS if random.random() < 0.97 else BAD_VERSIONS),
        random.choice(BUILDS[:2] if random.random() < 0.8 else BUILDS),
        random.choice(TARGETS),
        random.choice(LOCALES),
        random.choice(CHANNELS),
    ]
    kind = random.choice("6666666612345")
    system, partner = [random.choice(SYSTEMS)], [random.choice(PARTNERS), random.choice("12")]
    more = {"1": [], "2": system, "3": [*system, *partner], "4": [*system, *partner, "1.9"]}
    more |= {"5": [*system, *partner, "imei"]}
    more |= {"6": [*system, _capabilities(random), *partner]}
    agent = "Updater (PPC Mac)" if random.random() < 0.2 else "Updater"
    return Case((kind, *first, *more[kind]), _query(random, kind), agent, random.randrange(100))


def _capabilities(random: Random) -> str:
    item, memory = random.choice(ITEMS), random.choice(("1024", "8192", "much"))
    return random.choice(
        (f"ISET:{item},MEM:{memory},JAWS:{random.choice('01x')}", f"{item},{memory}", item, "a,b,c")
    )


def _query(random: Random, kind: str) -> Json:
    query: Json = {}
    if random.random() < 0.4:
        query["force"] = random.choice(("1", "-1", "0", "1?avast=1"))
    if random.random() < 0.2:
        query["mig64"] = random.choice("10")
    if kind != "2" and random.random() < 0.3:
        query["pin"] = random.choice((*PINS, *PINS, "next"))
    return query


def _rule(random: Random, number: int, names: list[str]) -> Json:
    """A rule with few conditions, or none: the more there are, the fewer requests meet them."""
    compared = random.choice(("", "<", "<=", ">", ">="))
    conditions: dict[str, tuple[Any, ...]] = {
        "product": (PRODUCTS[0], PRODUCTS[0], PRODUCTS[0], PRODUCTS[1]),
        "version": (f"{compared}{random.choice(VERSIONS)}", "60.*", "70.1.*", "60.0,61.0"),
        "channel": (*CHANNELS, "release*", "re*", "r*", "*", "release-cck-*"),
        "buildTarget": TARGETS,
        "buildID": (compared + random.choice(BUILDS),),
        "locale": ("de", "de,fr", "fr,en-US"),
        "osVersion": ("Windows_NT", "Linux,Darwin", "Windows_NT && 10.0", "GTK&&Linux"),
        "memory": (f"{compared}4096", f"{compared}8192"),
        "instructionSet": ("SSE2", "SSE2,SSE3", "SSE3,SSE4_2"),
        "jaws": (True, False),
        "mig64": (True, False),
        "distribution": ("default", "shop,bank"),
        "distVersion": ("1", "2"),
        "headerArchitecture": ("Intel", "PPC"),
    }
    asked = {"channel", *random.sample(sorted(conditions), random.choice((0, 0, 1, 1, 2, 3)))}
    asked -= {"channel"} if random.random() < 0.4 else set()
    return {
        "rule_id": number,
        "priority": random.choice((10, 20, 20, 30)),
        "mapping": random.choice(names) if random.random() < 0.97 else None,
        "fallbackMapping": random.choice(names) if random.random() < 0.4 else None,
        "backgroundRate": random.choice((100, 100, 50, 25, 0)),
        "update_type": random.choice(("minor", "major")),
        "data_version": random.randint(1, 9),
        **{
            name: random.choice(values) if name in asked else None
            for name, values in conditions.items()
        },
    }


def _pins(random: Random, names: list[str]) -> list[list[str]]:
    keys = {
        ("Widget", random.choice(("release", "beta")), pin) for pin in PINS[: random.randint(0, 5)]
    }
    return [[*key, random.choice(names)] for key in sorted(keys)]


def _release(random: Random, name: str, names: list[str]) -> Json:
    schema = random.choice((9, 9, 9, 9, 9, 9, 4, 5, 6, 8, 50))
    if schema == 50:
        details = "https://files.example/%LOCALE%/%os%?v=%VERSION%"
        blob: Json = {"detailsUrl": details, "displayVersion": "50"}
    else:
        blob = {"hashFunction": "sha512", "platforms": _platforms(random, names)}
        blob |= {"fileUrls": _file_urls(random, names)} if random.random() < 0.98 else {}
        if random.random() < 0.9:
            blob["appVersion"] = random.choice((*NEW_VERSIONS, *NEW_VERSIONS, *VERSIONS))
            blob["displayVersion"] = "Widget & more"
        blob |= _line(random) if schema == 9 else _fields(random, schema)
    return {
        "name": name,
        "product": "Widget",
        "blob": {"name": name, "schema_version": schema, **blob},
    }


def _fields(random: Random, schema: int) -> Json:
    fields: Json = {"detailsUrl": "https://files.example/?l=%LOCALE%&v=1"}
    if random.random() < 0.5:
        fields |= {"showPrompt": True, "actions": "silent", "openURL": "https://x.example/%locale%"}
    if schema == 4:
        fields |= {"platformVersion": "1.9.2", "billboardURL": "https://x.example/%LOCALE%"}
    if schema in {5, 6, 8} and random.random() < 0.5:
        fields["promptWaitTime"] = 60
    return fields


def _line(random: Random) -> Json:
    if random.random() < 0.3:
        return {}
    conditions = {
        "channels": ["release*", "beta"],
        "locales": ["de"],
        "versions": ["<61.0", "70.1.2"],
        "buildIDs": [">=20240201000000"],
    }
    chosen = random.sample(sorted(conditions), random.randint(0, 2))
    first = {"for": {name: conditions[name] for name in chosen}, "fields": {"type": "major"}}
    details = {"detailsURL": "https://files.example/%LOCALE%/?a=1&b=2", "showPrompt": False}
    return {"updateLine": [first, {"for": {}, "fields": details}]}


def _platforms(random: Random, names: list[str]) -> Json:
    real = random.sample(TARGETS, random.randint(1, 4))
    platforms = {target: _platform(random, names) for target in real}
    for target in TARGETS:
        if target not in platforms and random.random() < 0.8:
            platforms[target] = {"alias": random.choice(real)}
    return platforms


def _platform(random: Random, names: list[str]) -> Json:
    platform: Json = {"OS_BOUNCER": "linux", "OS_FTP": "linux-x86_64"}
    if random.random() < 0.8:
        platform["buildID"] = random.choice(BUILDS)
    locales = random.sample(LOCALES, random.choice((1, 2, 3, 3, 3)))
    return {**platform, "locales": {locale: _locale(random, names) for locale in locales}}


def _locale(random: Random, names: list[str]) -> Json:
    said: Json = {"completes": [_patch(random, "*")], "partials": []}
    if random.random() < 0.9:
        said["buildID"] = random.choice(BUILDS[:2] if random.random() < 0.5 else BUILDS)
    if random.random() < 0.3:
        said["appVersion"] = said["displayVersion"] = random.choice(NEW_VERSIONS)
    if random.random() < 0.1:
        said["completes"].insert(0, _patch(random, random.choice(names)))
    origins = [*random.sample(names, random.randint(0, len(names))), "Widget-unknown"]
    said["partials"] = [_patch(random, name) for name in origins]
    return said


def _patch(random: Random, origin: str) -> Json:
    patch: Json = {
        "from": origin,
        "filesize": random.randint(1, 10**9),
        "hashValue": f"{random.getrandbits(64):x}",
    }
    if random.random() < 0.2:
        host = random.choice((*HOSTS, FORBIDDEN))
        patch["fileUrl"] = f"https://{host}/{origin}?a=1&b=2"
    return patch


def _file_urls(random: Random, names: list[str]) -> Json:
    channels = [*random.sample(CHANNELS, random.randint(0, 2)), "*"]
    urls: Json = {channel: _urls(random, names, channel) for channel in channels}
    if random.random() < 0.1:
        urls["release"] = {}
    return urls


def _urls(random: Random, names: list[str], channel: str) -> Json:
    host = random.choice((*HOSTS, *HOSTS, FORBIDDEN))
    place = f"https://{host}/{channel}/%OS_FTP%/%locale%?os=%OS_BOUNCER%&lang=%LOCALE%"
    urls: Json = {"completes": {"*": f"{place}&complete"}}
    if random.random() < 0.5:
        urls["partials"] = {name: f"{place}&from={name}" for name in names if random.random() < 0.8}
    if random.random() < 0.03:
        del urls["completes"]
    return urls
