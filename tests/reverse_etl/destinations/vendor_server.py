"""A vendor on loopback: keeps state, plays scripted faults, checks requests as documented."""

import base64
import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from tests.harness.receiver import APPLIES, Fault, Server, play

SECRET = "canary-secret-1234"  # noqa: S105 - every credential of every test
NO_DOCUMENT = "HOMESPUN_VENDOR_SPECS names no folder with the vendors' OpenAPI documents"


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    fault: Fault

    @property
    def content(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def basic(self) -> str:
        """The user and password of basic authentication."""
        kind, _, coded = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(coded).decode() if kind == "Basic" else ""


Reply = tuple[int, Any]  # a status, and what the body holds
Check = Callable[[Call], str]  # what is wrong with a request; empty where nothing is


class VendorServer:
    """Use as a context manager. A vendor says how it answers in `reply`."""

    def __init__(self, check: Check = lambda call: "") -> None:
        self.faults: deque[Fault] = deque()
        self.requests: list[Call] = []
        self.problems: list[str] = []  # requests that the vendor's document does not allow
        self._check = check
        self._lock = threading.Lock()
        self._released = threading.Event()

    def reply(self, call: Call) -> Reply:
        """Apply a request."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._server = Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def will(self, *faults: Fault) -> Self:
        """Play these faults with the next requests, one each."""
        self.faults.extend(faults)
        return self

    def accept(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request, as the script says."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        parts = urlsplit(handler.path)
        with self._lock:
            fault = self.faults.popleft() if self.faults else Fault.NONE
            call = Call(
                method=handler.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers={name.lower(): value for name, value in handler.headers.items()},
                body=body,
                fault=fault,
            )
            self.requests.append(call)
            status, content = 200, None
            if problem := self._check(call):
                self.problems.append(problem)
                status, content = 400, {"errors": []}
            elif fault in APPLIES:
                status, content = self.reply(call)
        play(fault, handler, status, _encoded(content), self._released)


def _encoded(content: Any) -> bytes:
    if content is None or isinstance(content, bytes):
        return content or b""
    return json.dumps(content).encode()


def _handler(vendor: VendorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def accept(self) -> None:
            vendor.accept(self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = accept

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `requests` instead."""

    return Handler


def documented(server: str, *files: str) -> Check | None:
    """Checks requests against the first of a vendor's OpenAPI documents that has their path."""
    folder = os.environ.get("HOMESPUN_VENDOR_SPECS")
    if not folder:
        return None
    config = Config(spec_validator_cls=None)  # it rejects what vendors publish
    documents = [json.loads((Path(folder) / file).read_text()) for file in files]
    apis = [OpenAPI.from_dict(document, config=config) for document in documents]

    def check(call: Call) -> str:
        request = MockRequest(
            server,
            call.method.lower(),
            call.path,
            args=call.query,
            headers=call.headers,
            data=call.body or None,
            content_type=call.headers.get("content-type", ""),
        )
        problems = []
        for api in apis:
            try:
                api.validate_request(request)
            except OpenAPIError as error:
                problems.append(f"{call.method} {call.path}: {error}: {error.__cause__}")
            else:
                return ""
        return "; ".join(problems)

    return check


def now() -> str:
    """The time as vendors write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
