"""Takes a latency, serves as much of a queue as creating tasks needs, and counts.

`python -m tests.performance.fake_queue --latency 0.02` prints its address, then serves it until it
is ended. A dependency must exist first; `GET /count` gives and forgets what has happened.
"""

import argparse
import asyncio

import attrs
import orjson
from aiohttp import web

from tests.performance.layers import DECISION

_QUEUE = "/api/queue/v1"


@attrs.define
class Count:
    """What has happened since it was last asked for."""

    connections: int = 0
    created: int = 0
    refused: int = 0
    at_once: int = 0
    under_way: int = attrs.field(default=0, init=False)

    def enter(self) -> None:
        """A task is being created."""
        self.under_way += 1
        self.at_once = max(self.at_once, self.under_way)


class FakeQueue:
    """A queue that keeps ids only."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._begin()

    def _begin(self) -> None:
        self._known = {DECISION}
        self.count = Count()

    def application(self) -> web.Application:
        """Its routes."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_put(_QUEUE + "/task/{task_id}", self._create)
        app.router.add_post(f"{_QUEUE}/tasks", self._definitions)
        app.router.add_get("/api/auth/v1/scopes/current", self._scopes)
        app.router.add_get("/count", self._count)
        return app

    async def _create(self, request: web.Request) -> web.Response:
        self.count.enter()
        task_id = request.match_info["task_id"]
        body = orjson.loads(await request.read())
        await asyncio.sleep(self._latency)
        self.count.under_way -= 1
        if not self._known.issuperset(body["dependencies"]) or task_id in self._known:
            self.count.refused += 1
            return web.json_response({"message": "a dependency is missing"}, status=400)
        self._known.add(task_id)
        self.count.created += 1
        return web.json_response({"status": {"taskId": task_id, "state": "unscheduled"}})

    async def _definitions(self, _request: web.Request) -> web.Response:
        """None of the tasks that are asked for exists."""
        await asyncio.sleep(self._latency)
        return web.json_response({"tasks": []})

    async def _scopes(self, _request: web.Request) -> web.Response:
        await asyncio.sleep(self._latency)
        return web.json_response({"scopes": ["*"]})

    async def _count(self, _request: web.Request) -> web.Response:
        # The connection of whoever asks is none of the submission's.
        self.count.connections -= 1
        answer = web.json_response(attrs.asdict(self.count))
        self._begin()
        return answer


async def serve(latency: float) -> None:
    """Serve on a free port of this machine, for ever."""
    queue = FakeQueue(latency)
    runner = web.AppRunner(queue.application(), access_log=None)
    await runner.setup()
    inner = runner.server
    assert inner is not None

    def connect() -> asyncio.Protocol:
        queue.count.connections += 1
        handler: asyncio.Protocol = inner()
        return handler

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connect, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 - its address is its output
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.02, help="seconds")
    asyncio.run(serve(parser.parse_args().latency))
