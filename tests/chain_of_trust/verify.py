"""Takes a file of chains, says of each whether the real scriptworker would run its task.

Runs in an environment of its own, which has scriptworker and not relpro:

    python verify.py CHAINS.json WORK_FOLDER > VERDICTS.json

`CHAINS.json` holds chains: name -> `product` (as scriptworker's own configuration knows it),
`task_id`, `task_type`, `tasks` (id -> definition), `published` (id -> artifact name -> text, or
bytes as `{"base64": ...}` or in `{"file": path}`), `template`, `commit`, `release` and
`pull_request` (what the code host says of them), `pages` (address -> content) and `projects`. With
`keys` (worker implementation -> public key in base64) the signatures of statements are verified
too. `rules` (key -> value) are what scriptworker's configuration would have for a product that it
does not know. A verdict is null where the chain was accepted, else why it was not.

The configuration is scriptworker's own. What is set here are addresses and folders, and whose
signatures count. Nothing but 127.0.0.1 is ever connected to; code hosts are played by `CodeHost`
and by `pages`.
"""

import asyncio
import base64
import copy
import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import scriptworker.cot.verify
import scriptworker.task
import taskcluster.aio
import yaml
from aiohttp import web
from scriptworker.config import apply_product_config, get_unfrozen_copy
from scriptworker.constants import DEFAULT_CONFIG
from scriptworker.context import Context
from scriptworker.cot.verify import ChainOfTrust, verify_chain_of_trust

Json = Any

_QUEUE = "/api/queue/v1/task"


class Stage:
    """What the services say of the chain that is being verified."""

    def __init__(self) -> None:
        self.chain: Json = {}

    async def page(self, _context: Json, url: str, _path: Json, **_words: Json) -> Json:
        if url.endswith("/.taskcluster.yml"):
            return yaml.safe_load(self.chain["template"])
        return self.chain["pages"][url]

    async def definition(self, request: web.Request) -> web.Response:
        return web.json_response(self.chain["tasks"][request.match_info["task_id"]])

    async def artifact(self, request: web.Request) -> web.Response:
        published = self.chain["published"].get(request.match_info["task_id"], {})
        name = request.match_info["name"]
        if name not in published:
            raise web.HTTPNotFound
        content = published[name]
        if isinstance(content, str):
            return web.Response(text=content)
        if "file" in content:
            return web.Response(body=Path(content["file"]).read_bytes())
        return web.Response(body=base64.b64decode(content["base64"]))

    def code_host(self, _context: Json, owner: str, name: str) -> "CodeHost":
        return CodeHost(self, owner, name)


class CodeHost:
    """One repository, as its host would describe it."""

    def __init__(self, stage: Stage, owner: str, name: str) -> None:
        self.stage, self.full_name = stage, f"{owner}/{name}"

    async def get_file_contents(self, path: str, ref: str | None = None) -> str:
        del ref
        assert path == ".taskcluster.yml", path
        text: str = self.stage.chain["template"]
        return text

    async def get_commit(self, _revision: str) -> Json:
        return self.stage.chain["commit"]

    async def get_definition(self) -> Json:
        owner, name = self.full_name.split("/")
        base = self.stage.chain["pull_request"]["base"]["repo"]["full_name"].split("/")[0]
        parent = {"owner": {"login": base}, "name": name}
        return {"fork": owner != base, "full_name": self.full_name, "parent": parent}

    async def get_pull_request(self, _number: int) -> Json:
        return copy.deepcopy(self.stage.chain["pull_request"])

    async def get_release(self, _tag: str) -> Json:
        return self.stage.chain["release"]

    async def has_commit_landed_on_repository(self, *_words: Json) -> bool:
        landed: bool = self.stage.chain.get("landed", True)
        return landed


def forbid_the_network() -> None:
    """Let sockets connect to this machine only."""
    connect = socket.socket.connect

    def local(this: socket.socket, address: Json) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith("127."):
            raise OSError(f"{address} is not this machine")
        connect(this, address)

    socket.socket.connect = local  # type: ignore[assignment,method-assign]


def configuration(product: str, rules: Json, root_url: str, folder: Path) -> Json:
    """The worker's own configuration for a product, with addresses and folders of this machine."""
    config = get_unfrozen_copy(DEFAULT_CONFIG)
    config["cot_product"] = product
    for key, value in rules.items():
        config[key]["by-cot-product"][product] = value
    config = apply_product_config(config)
    for name in ("work_dir", "artifact_dir", "task_log_dir", "log_dir"):
        config[name] = str(folder / name)
        (folder / name).mkdir(parents=True)
    rule = {
        "schemes": ("http",),
        "netlocs": (root_url.removeprefix("http://"),),
        "path_regexes": (rf"^{_QUEUE}/(?P<taskId>[^/]+)/artifacts/(?P<filepath>.*)$",),
    }
    config |= {"taskcluster_root_url": root_url, "valid_artifact_rules": (rule,)}
    return config


async def verdict(stage: Stage, chain: Json, config: Json) -> str | None:
    """Why a chain is not accepted, or None."""
    stage.chain = chain
    async with aiohttp.ClientSession() as session:
        context = Context()
        context.session = session
        context.config = config
        options = {"rootUrl": config["taskcluster_root_url"], "maxRetries": 0}
        context.queue = taskcluster.aio.Queue(options, session=session)
        context.task = chain["tasks"][chain["task_id"]]
        context.projects = chain["projects"]
        context._projects_timestamp = time.time()
        try:
            link = ChainOfTrust(context, chain["task_type"], task_id=chain["task_id"])
            await verify_chain_of_trust(link)
        except Exception as error:  # noqa: BLE001 - whatever it raises, the task does not run
            return f"{type(error).__name__}: {error}"
    return None


async def verdicts(given: Json, folder: Path) -> Json:
    """Name -> verdict of every chain."""
    stage = Stage()
    app = web.Application()
    app.router.add_get(_QUEUE + "/{task_id}", stage.definition)
    app.router.add_get(_QUEUE + "/{task_id}/artifacts/{name:.+}", stage.artifact)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    for module in (scriptworker.cot.verify, scriptworker.task):
        module.GitHubRepository = stage.code_host
    scriptworker.cot.verify.load_json_or_yaml_from_url = stage.page
    found = {}
    for number, (name, chain) in enumerate(given.items()):
        rules = chain.get("rules", {})
        config = configuration(chain["product"], rules, root_url, folder / str(number))
        if "keys" in chain:
            keys = {name: [key] for name, key in chain["keys"].items()}
            config |= {"verify_cot_signature": True, "ed25519_public_keys": keys}
        found[name] = await verdict(stage, chain, config)
    await runner.cleanup()
    return found


if __name__ == "__main__":
    forbid_the_network()
    source, work = map(Path, sys.argv[1:3])
    print(json.dumps(asyncio.run(verdicts(json.loads(source.read_text()), work))))  # noqa: T201
