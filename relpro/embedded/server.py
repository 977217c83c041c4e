"""Takes HTTP requests on loopback; gives the services' answers, or the configured faults."""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable, Mapping

import attrs
import orjson
from aiohttp import web

from relpro.embedded.artifacts import is_signed
from relpro.embedded.deployment import Deployment, Reply
from relpro.embedded.dispatch import LARGEST, answer, internal_error, refusal
from relpro.embedded.errors import conflict
from relpro.embedded.faults import Fault
from relpro.embedded.hawk import Request
from relpro.embedded.lifecycle import perform_due
from relpro.embedded.routes import Match, find_route

#: Maximum size of an artifact in bytes.
LARGEST_ARTIFACT = 1_000_000_000

#: The number of calls that `Server.calls` keeps.
REMEMBERED = 100_000

#: Seconds between looks at the agenda if nobody calls.
TICK = 0.02

#: The default duration of a hang, in seconds.
HANG = 3600.0


@attrs.frozen
class Answered:
    """An answered call; `status` is 0 if a fault cut the connection."""

    method: str
    params: Mapping[str, str]
    status: int


class Server:
    """Answers requests one after the other, on one event loop."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._open: Callable[[], int] = lambda: 0
        self.calls: deque[Answered] = deque(maxlen=REMEMBERED)
        self.most_connections = 0

    async def serve(self, port: int, ready: "asyncio.Future[int]", stop: asyncio.Event) -> None:
        """Listen on loopback until `stop` is set; `ready` gets the port."""
        server = web.Server(self._answer, access_log=None)
        self._open = lambda: len(server.connections)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        ticker = asyncio.create_task(self._tick())
        try:
            await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
            ready.set_result(runner.addresses[0][1])
            await stop.wait()
        finally:
            ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticker
            await runner.cleanup()
            await _end_hanging()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            perform_due(self._deployment)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.most_connections = max(self.most_connections, self._open())
        match = find_route(request.method, request.raw_path.partition("?")[0])
        if match is None:
            return web.json_response({"error": "Not found"}, status=404)
        try:
            received = await _received(request, self._most(match))
        except ConnectionResetError:
            return web.Response(status=400)  # the caller is gone before its request was complete
        fault = self._deployment.faults.strike(match.route.method)
        if fault and fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
            fault = None
        if fault and not fault.kind.endswith("-after"):
            return await self._fail(request, match, fault)
        reply = await answer(self._deployment, match, received)
        if fault:
            return await self._fail(request, match, fault)
        response = self._response(match, reply)
        trace = request.headers.get("x-taskcluster-trace-id")
        if trace:
            response.headers["x-for-trace-id"] = trace
        return response

    def _most(self, match: Match) -> int:
        """The maximum size of a call's body in bytes.

        It is larger for callers who may upload artifacts.
        """
        is_upload = match.route.method == "uploadContent"
        if is_upload and is_signed(self._deployment, "PUT", match.params):
            return LARGEST_ARTIFACT
        return LARGEST

    async def _fail(self, request: web.BaseRequest, match: Match, fault: Fault) -> web.Response:
        """Do what a fault says instead of answering."""
        if fault.kind == "conflict":
            error = conflict("something is in the way")
            return self._response(match, refusal(self._deployment, match, error, None))
        if fault.kind in {"error-before", "error-after"}:
            error = internal_error("fault")
            return self._response(match, refusal(self._deployment, match, error, None))
        self.calls.append(Answered(match.route.method, match.params, 0))
        if fault.kind in {"hang-before", "hang-after"}:
            await asyncio.sleep(fault.seconds or HANG)
        _reset(request)
        return web.Response(status=500)

    def _response(self, match: Match, reply: Reply) -> web.Response:
        self.calls.append(Answered(match.route.method, match.params, reply.status))
        body = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-for-trace-id": self._deployment.new_id(),
            "x-for-request-id": self._deployment.new_id(),
            **reply.headers,
        }
        return web.Response(body=body, status=reply.status, headers=headers)


async def _end_hanging() -> None:
    """Cancel calls that hang because of a fault and whose callers are gone."""
    hanging = asyncio.all_tasks() - {asyncio.current_task()}
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def _received(request: web.BaseRequest, most: int) -> Request:
    """The request, its body up to a little more than `most` bytes."""
    headers = request.headers
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > most:
            break
    return Request(
        method=request.method,
        path=request.raw_path,
        host=headers.get("host", ""),
        authorization=headers.get("authorization"),
        content_type=headers.get("content-type", ""),
        body=bytes(body),
    )


def _reset(request: web.BaseRequest) -> None:
    """Cut the connection so that the caller sees a reset, not an end."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
