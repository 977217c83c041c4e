"""Talks to a language server as an editor does: opens files, hears errors, asks for words."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

#: Severity of a diagnostic in the language server protocol.
ERROR = 1


@attrs.frozen
class Opened:
    """An open file, and line (from 1) and words of each error in it."""

    path: Path
    errors: list[tuple[int, str]]


@attrs.define
class Server:
    """A language server that runs; `said` are the diagnostics of each file, once it told them."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    said: dict[str, list[Any]] = attrs.field(factory=dict)
    asked: int = 0

    @classmethod
    def start(cls, command: list[str], root: Path) -> "Server":
        """Start one for a folder."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe)
        server = cls(process, root)
        server.ask("initialize", {"rootUri": root.as_uri(), "capabilities": {}, "processId": None})
        server.tell("initialized", {})
        # Schemas are named in the files; none is looked for anywhere else.
        yaml = {"schemaStore": {"enable": False}, "completion": True, "validate": True}
        server.tell("workspace/didChangeConfiguration", {"settings": {"yaml": yaml}})
        return server

    def stop(self) -> None:
        """End it, as an editor does that is closed."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        with self.process:
            self.process.wait(timeout=60)

    def open(self, text: str) -> Opened:
        """Open a file of its own that holds a text."""
        path = self.folder / f"{len(self.said)}.yml"
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self.said:
            self._hear()
        errors = [one for one in self.said[uri] if one["severity"] == ERROR]
        return Opened(path, [(one["range"]["start"]["line"] + 1, one["message"]) for one in errors])

    def completions(self, path: Path, line: int, column: int) -> set[str]:
        """The words that are offered at a line and column, from 0, of an open file."""
        place = {"line": line, "character": column}
        found = self.ask(
            "textDocument/completion", {"textDocument": {"uri": path.as_uri()}, "position": place}
        )
        return {item["label"] for item in found["items"]}

    def ask(self, method: str, params: Any) -> Any:
        """The result of a request."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._hear()
            if message.get("id") == self.asked and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.said[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            # What it asks of an editor, such as its settings, has no answer here.
            items = (message["params"] or {}).get("items", ())
            self._send({"id": message["id"], "result": [None for _ in items] or None})
        return message
