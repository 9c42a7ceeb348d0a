"""A destination on loopback: records requests, keeps members, plays scripted faults."""

import json
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_SECONDS = 5.0  # that any fault keeps a connection
DRIPS_EVERY = 0.1  # seconds


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    TOO_MANY = "429 with Retry-After 0"
    PARK = "429 with Retry-After 3600"
    ERROR_BEFORE = "500, not applied"
    ERROR_AFTER = "500, applied"
    UNAVAILABLE = "503 with Retry-After 0"
    RESET_BEFORE = "connection reset, not applied"
    RESET_AFTER = "connection reset, applied"
    NO_ANSWER = "applied, then silence"
    CLOSED_AFTER = "applied, then closed without an answer"
    HTML = "200 with a web page"
    BROKEN_JSON = "200 with broken JSON, applied"
    HALF_JSON = "200 whose body is cut off, applied"
    SOME_MISSING = "200 with results for half of the rows, all applied"
    REDIRECT = "302 to another host"
    TOO_LARGE = "413"
    BOMB = "200 with an endless body"
    DRIP = "200 whose headers come a byte at a time, applied"
    DENIED = "401"
    GONE = "410"
    ACCEPTED = "200, whatever it is"


@dataclass(frozen=True)
class Recorded:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    fault: Fault

    @property
    def content(self) -> dict[str, Any]:
        """The body, decoded."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def key(self) -> str:
        """The request's idempotency key."""
        return self.headers.get("idempotency-key", "")


@dataclass
class Receiver:
    """Use as a context manager; `url` is where it listens."""

    honours_keys: bool = True
    faults: deque[Fault] = field(default_factory=deque)
    refuses: Callable[[dict[str, Any]], str] = lambda row: ""
    tells_rows_apart: bool = True
    most_rows: int = 10**9
    answers_after: float = 0.0
    waits_for: Callable[[], object] = lambda: None  # done before the first answer
    requests: list[Recorded] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: list[tuple[str, str]] = field(default_factory=list)  # applied, in order
    arrived: threading.Event = field(default_factory=threading.Event)  # a first request
    _scheme: str = "http"
    _seen: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Receiver":
        self._server = Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def release(self) -> None:
        """Answer at once from now on."""
        self.answers_after = 0
        self._released.set()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Answer https alone."""
        self._scheme = "https"
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )

    @property
    def url(self) -> str:
        """The address that accepts changes."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/list"

    def will(self, *faults: Fault) -> "Receiver":
        """Play these faults with the next requests, one each."""
        self.faults.extend(faults)
        return self

    def rows(self) -> list[dict[str, Any]]:
        """All rows of all requests, in order of arrival."""
        return [row for request in self.requests for row in request.content["rows"]]

    def accept(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request, as the script says."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            fault = self.faults.popleft() if self.faults else Fault.NONE
            self.requests.append(Recorded(handler.path, headers, body, time.monotonic(), fault))
        if not self.arrived.is_set():
            self.waits_for()
        self.arrived.set()
        if self.answers_after:
            self._released.wait(self.answers_after)
        status, answer = 200, b""
        if fault in APPLIES:
            status, answer = self._apply(headers.get("idempotency-key", ""), json.loads(body))
        play(fault, handler, status, answer, self._released)

    def _apply(self, key: str, content: dict[str, Any]) -> tuple[int, bytes]:
        rows = content["rows"]
        with self._lock:
            if self.honours_keys and key in self._seen:
                return 200, self._seen[key]
            if len(rows) > self.most_rows:
                return 413, b"{}"
            refused = {row["key"]: self.refuses(row) for row in rows}
            if not self.tells_rows_apart and any(refused.values()):
                return 400, b'{"error": "a row is not valid"}'
            for row in rows:
                if not refused[row["key"]]:
                    self._set(row)
            answer = json.dumps({"results": list(_results(refused))}).encode()
            self._seen[key] = answer
            return 200, answer if any(refused.values()) else b""

    def _set(self, row: dict[str, Any]) -> None:
        self.operations.append((row["operation"], row["key"]))
        if row["operation"] == "remove":
            self.members.pop(row["key"], None)
        else:
            self.members[row["key"]] = row["fields"]


APPLIES = frozenset(
    {
        Fault.NONE,
        Fault.ERROR_AFTER,
        Fault.RESET_AFTER,
        Fault.NO_ANSWER,
        Fault.CLOSED_AFTER,
        Fault.BROKEN_JSON,
        Fault.HALF_JSON,
        Fault.SOME_MISSING,
        Fault.DRIP,
    }
)
HARMLESS_IN_THE_END = sorted(
    set(Fault)
    - {Fault.PARK, Fault.REDIRECT, Fault.DENIED, Fault.GONE, Fault.TOO_LARGE}
    - {Fault.NO_ANSWER, Fault.BOMB, Fault.DRIP}  # these are only slow
    - {Fault.ACCEPTED}  # no fault, and not true
)


def _results(refused: dict[str, str]) -> Iterable[dict[str, str]]:
    for key, reason in refused.items():
        yield {"key": key, "status": "rejected" if reason else "ok", "reason": reason}


def play(
    fault: Fault,
    handler: BaseHTTPRequestHandler,
    status: int,
    answer: bytes,
    released: threading.Event,
) -> None:
    match fault:
        case Fault.NONE:
            _answer(handler, status, answer)
        case Fault.TOO_MANY:
            _answer(handler, 429, b"{}", {"Retry-After": "0"})
        case Fault.PARK:
            _answer(handler, 429, b"{}", {"Retry-After": "3600"})
        case Fault.UNAVAILABLE:
            _answer(handler, 503, b"{}", {"Retry-After": "0"})
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER:
            _answer(handler, 500, b"<html>oops</html>")
        case Fault.HTML:
            _answer(handler, 200, b"<html>sign in</html>", {"Content-Type": "text/html"})
        case Fault.BROKEN_JSON:
            _answer(handler, 200, b'{"results": [')
        case Fault.SOME_MISSING:
            rows = json.loads(answer or b"{}").get("results", [])
            _answer(handler, 200, json.dumps({"results": rows[::2]}).encode())
        case Fault.REDIRECT:
            _answer(handler, 302, b"", {"Location": "http://127.0.0.2:9/elsewhere"})
        case Fault.TOO_LARGE:
            _answer(handler, 413, b"{}")
        case Fault.DENIED:
            _answer(handler, 401, b"{}")
        case Fault.GONE:
            _answer(handler, 410, b"{}")
        case Fault.ACCEPTED:
            _answer(handler, 200, b"")
        case Fault.NO_ANSWER:
            released.wait(MOST_SECONDS)
        case Fault.HALF_JSON:
            _answer(handler, 200, b'{"results"', {"Content-Length": "1000"})
        case Fault.BOMB:
            _bomb(handler)
        case Fault.DRIP:
            _drip(handler, released)
        case Fault.RESET_BEFORE | Fault.RESET_AFTER:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    if fault not in (Fault.NONE, Fault.TOO_MANY, Fault.UNAVAILABLE):
        handler.close_connection = True


def _answer(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    headers: dict[str, str] | None = None,
) -> None:
    handler.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _bomb(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" " * 100_000)


def _drip(handler: BaseHTTPRequestHandler, released: threading.Event) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * int(MOST_SECONDS / DRIPS_EVERY)
    for byte in head:
        handler.wfile.write(bytes([byte]))
        if released.wait(DRIPS_EVERY):
            return


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test."""


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.accept(self, body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `requests` instead."""

    return Handler
