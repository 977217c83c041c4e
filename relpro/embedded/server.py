"""Takes HTTP requests; gives what the services answer, in their shape and with the faults set."""

import asyncio
import contextlib
import inspect
import logging
import socket
import struct
from collections import deque
from collections.abc import Mapping
from urllib.parse import parse_qsl

import attrs
import orjson
from aiohttp import web

from relpro.embedded import control
from relpro.embedded.artifacts import get_content, put_content
from relpro.embedded.definition import with_defaults
from relpro.embedded.deployment import Call, Caller, Deployment, Reply
from relpro.embedded.errors import ApiError, error_body
from relpro.embedded.faults import Fault, Faults
from relpro.embedded.hawk import Request
from relpro.embedded.lifecycle import perform_due
from relpro.embedded.routes import Match, find_route
from relpro.embedded.schema import check_body

LOG = logging.getLogger(__name__)

#: Bytes of a request's body at most; more gives 500, not 413 (queue API, size).
LARGEST = 10 * 1024 * 1024

#: How many calls `Server.calls` remembers.
REMEMBERED = 100_000

#: How often the agenda is looked at when nobody calls, seconds.
TICK = 0.02


@attrs.frozen
class Answered:
    """A call that was answered; `status` is 0 where a fault cut the connection."""

    method: str
    params: Mapping[str, str]
    status: int


class Server:
    """Answers requests, one transaction each, on one event loop."""

    def __init__(self, deployment: Deployment, faults: Faults) -> None:
        self._deployment = deployment
        self._faults = faults
        self.calls: deque[Answered] = deque(maxlen=REMEMBERED)

    async def serve(self, port: int, ready: "asyncio.Future[int]", stop: asyncio.Event) -> None:
        """Listen on loopback until `stop` is set; `ready` gets the port."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        ticker = asyncio.create_task(self._tick())
        try:
            site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
            await site.start()
            ready.set_result(runner.addresses[0][1])
            await stop.wait()
        finally:
            ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticker
            await runner.cleanup()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            perform_due(self._deployment)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        body = await request.content.read()
        if path.startswith("/relpro/"):
            return self._own(request, path, body)
        match = find_route(request.method, path)
        if match is None:
            return web.json_response({"error": "Not found"}, status=404)
        fault = self._faults.strike(match.route.method)
        if fault and not fault.kind.endswith("-after"):
            failed = await self._fail(request, match, fault)
            if failed:
                return failed
        response = await self._respond(request, match, query, body)
        if fault and fault.kind.endswith("-after"):
            return await self._fail(request, match, fault) or response
        self.calls.append(Answered(match.route.method, match.params, response.status))
        return response

    async def _respond(
        self, request: web.BaseRequest, match: Match, query: str, body: bytes
    ) -> web.Response:
        perform_due(self._deployment)
        payload: list[object] = [None]
        try:
            return await self._carry_out(request, match, query, body, payload)
        except ApiError as error:
            return self._refuse(match, error, payload[0])

    async def _carry_out(
        self, request: web.BaseRequest, match: Match, query: str, body: bytes, seen: list[object]
    ) -> web.Response:
        """Check the request and call the method; `seen` gets the payload, for an error's body."""
        route, deployment = match.route, self._deployment
        arguments = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        match.check(arguments)
        caller = self._caller(request)
        seen[0] = payload = _payload(request, body) if route.schema else None
        if route.method == "createTask" and isinstance(payload, dict):
            seen[0] = payload = with_defaults(payload)
        if route.schema:
            check_body(route.schema, payload)
        now = deployment.clock.now()
        call = Call(route.method, match.params, arguments, payload, caller, deployment, now)
        try:
            result = route.handler(call)
            if inspect.isawaitable(result):
                result = await result
            deployment.store.commit()
        except BaseException:
            deployment.store.rollback()
            deployment.agenda.refresh()
            raise
        return self._response(result)

    def _caller(self, request: web.BaseRequest) -> Caller | None:
        signed = Request(
            request.method,
            request.raw_path,
            request.headers.get("host", ""),
            request.headers.get("authorization"),
        )
        found = self._deployment.judge.caller(signed)
        return self._deployment.caller(*found) if found else None

    def _response(self, result: object) -> web.Response:
        reply = result if isinstance(result, Reply) else Reply(200)
        content = reply.body if isinstance(result, Reply) else result
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-for-trace-id": self._deployment.new_id(),
            "x-for-request-id": self._deployment.new_id(),
            **reply.headers,
        }
        return web.Response(body=body, status=reply.status, headers=headers)

    def _refuse(self, match: Match, error: ApiError, payload: object) -> web.Response:
        now = self._deployment.clock.now()
        body = error_body(error, match.route.method, match.params, payload, now)
        return self._response(Reply(error.status, body))

    async def _fail(
        self, request: web.BaseRequest, match: Match, fault: Fault
    ) -> web.Response | None:
        """Do what a fault says; None lets the call go on."""
        if fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
            return None
        self.calls.append(Answered(match.route.method, match.params, FAILED.get(fault.kind, 0)))
        if fault.kind == "conflict":
            return self._refuse(match, ApiError("RequestConflict", "something is in the way"), None)
        if fault.kind.startswith("error"):
            message = "Internal Server Error, incidentId relpro-fault"
            return self._refuse(match, ApiError("InternalServerError", message), None)
        if fault.kind.startswith("hang"):
            await asyncio.sleep(fault.seconds or 3600)
        _reset(request)
        return web.Response(status=500)

    def _own(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        """Answer what is relpro's own: the content of artifacts, and the control of tests."""
        _, _, door, rest = path.split("/", 3) if path.count("/") > 2 else ("", "", "", "")
        deployment = self._deployment
        try:
            if door == "content" and request.method == "PUT":
                reply = put_content(deployment, rest, request.headers.get("content-type", ""), body)
            elif door == "content" and request.method == "GET":
                reply = get_content(deployment, rest)
            elif door == "control" and request.method == "POST":
                reply = self._steer(request, rest, body)
            else:
                reply = Reply(404, {"error": "Not found"})
        except ApiError as error:
            reply = Reply(error.status, {"code": error.code, "message": error.message})
        deployment.store.commit()
        return self._response(reply)

    def _steer(self, request: web.BaseRequest, what: str, body: bytes) -> Reply:
        deployment, caller = self._deployment, self._caller(request)
        payload, now = orjson.loads(body), self._deployment.clock.now()
        call = Call(what, {}, {}, payload, caller, deployment, now)
        return control.steer(call, self._faults)


FAILED = {"conflict": 409, "error-before": 500, "error-after": 500}


def _payload(request: web.BaseRequest, body: bytes) -> object:
    if len(body) > LARGEST:
        message = "Internal Server Error, incidentId relpro-too-large"
        raise ApiError("InternalServerError", message)
    if not body:
        return {}
    if request.content_type != "application/json":
        raise ApiError("MalformedPayload", "the Content-Type must be application/json")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError("MalformedPayload", f"the body is not JSON: {error}") from None


def _reset(request: web.BaseRequest) -> None:
    """Cut the connection so that the caller sees a reset, not an end."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
