"""The way out over HTTP: checked addresses, no redirects, bounded time and size."""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache

import httpcore2
import httpx2

from homespun.errors import ConfigurationError
from homespun.failpoints import failpoint
from reverse_etl.abilities import AnswerLost, Authorizes, NotSent, Sends
from reverse_etl.addresses import is_public, resolve
from reverse_etl.deadline import Deadline
from reverse_etl.destination import Answer, Destination, Request

MAX_ANSWER = 5_000_000  # bytes read of an answer
_KEPT_OPEN = 5.0  # seconds that a connection waits for the next request
_NO_CONNECTION = (httpcore2.ConnectError, httpcore2.ConnectTimeout)
_LOST = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)

_NO_HEADER = (
    "a secret or setting holds what no HTTP header may, such as a line break at its end: "
    "mend it in the environment"
)


class HttpWire:
    """Sends requests for one destination. Nothing it raises or logs holds a body or a header.

    It speaks to httpx2's pool of connections: the client above it adds what is not wanted here
    (redirects, cookies, a log line with the whole address) at the cost of half a request.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        timeout: float,
        allow_private: bool,
        connections: int,
        resolve: Callable[[str, int], list[str]] = resolve,
    ) -> None:
        self._authorizes = destination if isinstance(destination, Authorizes) else None
        self._sends = destination if isinstance(destination, Sends) else None
        self._timeout = timeout
        self._allow_private = allow_private
        self._resolve = resolve
        self._connections = connections
        self._parsed = lru_cache(httpx2.URL)
        self._deadline = Deadline()
        self._reached: dict[str, str] = {}  # the address that answered, by host
        self._lock = threading.Lock()
        self._opened: httpcore2.ConnectionPool | None = None

    def _pool(self) -> httpcore2.ConnectionPool:
        """One for all workers, made when the first request needs it."""
        with self._lock:
            if self._opened is None:
                self._opened = httpcore2.ConnectionPool(
                    ssl_context=httpx2.create_ssl_context(trust_env=False),
                    max_connections=self._connections,
                    max_keepalive_connections=self._connections,
                    keepalive_expiry=_KEPT_OPEN,
                    network_backend=self._deadline,
                )
            return self._opened

    def close(self) -> None:
        """Let the connections go."""
        if self._opened:
            self._opened.close()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def send(self, request: Request) -> Answer:
        """Send a request as the destination authorizes it."""
        if self._authorizes:
            request = self._authorizes.authorize(request, self)
        if self._sends:
            answer = self._sends.send(request)
            failpoint("sync.after_send")
            return answer
        return self.exchange(request)

    def exchange(self, request: Request) -> Answer:
        """Send a request as it is, to an address that was checked, and read a bounded answer."""
        try:
            url = self._parsed(request.url)
        except httpx2.InvalidURL:
            raise ConfigurationError("settings.url is not a valid address") from None
        if url.userinfo:
            raise ConfigurationError(
                "settings.url holds a user or a password, which it cannot; send them as a header"
            )
        addresses = self._admit(url)
        headers = {
            "accept": "*/*",
            "content-length": str(len(request.body)),
            **request.headers,
            "host": url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "user-agent": "homespun",
        }
        if not all(value.isascii() for value in headers.values()):
            raise ConfigurationError(_NO_HEADER)
        with self._deadline.within(self._timeout):
            return self._exchange(request, url, addresses, headers)

    def _exchange(
        self, request: Request, url: httpx2.URL, addresses: Sequence[str], headers: dict[str, str]
    ) -> Answer:
        """Send to the first address that takes a connection; each has its share of the time."""
        problem = ""
        for place, address in enumerate(addresses):
            made = httpcore2.Request(
                request.method,
                httpcore2.URL(
                    scheme=url.raw_scheme,
                    host=address.encode(),
                    port=url.port,
                    target=url.raw_path,
                ),
                headers=list(headers.items()),
                content=request.body,
                extensions={
                    "sni_hostname": url.host,
                    "timeout": {
                        "connect": self._deadline.left() / (len(addresses) - place),
                        "pool": self._deadline.left(),
                    },
                },
            )
            try:
                with closing(self._pool().handle_request(made)) as response:
                    self._reached[url.host] = address
                    failpoint("sync.after_send")
                    return _read(response)
            except httpcore2.LocalProtocolError:
                raise ConfigurationError(_NO_HEADER) from None
            except _NO_CONNECTION as error:
                problem = type(error).__name__
            except (httpcore2.PoolTimeout, httpcore2.UnsupportedProtocol) as error:
                raise NotSent(f"no connection: {type(error).__name__}") from None
            except _LOST as error:
                raise AnswerLost(f"no whole answer: {type(error).__name__}") from None
        raise NotSent(f"no connection: {problem}")

    def _admit(self, url: httpx2.URL) -> list[str]:
        """The addresses to connect to: checked once, and used, so that a name cannot change them.

        The one that was reached before comes first.
        """
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = self._resolve(url.host, port)
        if not self._allow_private and not all(map(is_public, addresses)):
            raise ConfigurationError(
                f"{url.host} is a private, link-local or loopback address, which is refused; "
                "where it is meant, set allow_private: true in the sync's settings"
            )
        reached = self._reached.get(url.host)
        return sorted(dict.fromkeys(addresses), key=lambda address: address != reached)


def _read(response: httpcore2.Response) -> Answer:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_stream():
        size += len(part)
        parts.append(part)
        if size > MAX_ANSWER:
            break
    return Answer(
        status=response.status,
        headers={
            name.decode().lower(): value.decode("latin-1") for name, value in response.headers
        },
        body=b"".join(parts)[:MAX_ANSWER],
        truncated=size > MAX_ANSWER,
    )
