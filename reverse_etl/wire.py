"""The way out over HTTP: checked addresses, no redirects, bounded time and size."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache

import httpx2

from homespun.errors import ConfigurationError
from homespun.failpoints import failpoint
from reverse_etl.abilities import AnswerLost, Authorizes, NotSent, Sends
from reverse_etl.destination import Answer, Destination, Request

MAX_ANSWER = 5_000_000  # bytes read of an answer
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)

_EMBEDDING = (  # networks whose addresses end in one of IPv4: NAT64, and IPv4-compatible ones
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("::/96"),
)
_NO_HEADER = (
    "a secret or setting holds what no HTTP header may, such as a line break at its end: "
    "mend it in the environment"
)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, however it is written."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        embeds = any(ip in network for network in _EMBEDDING)
        inner = ipaddress.IPv4Address(ip.packed[-4:]) if embeds else ip.ipv4_mapped or ip.sixtofour
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"the host {host} cannot be found") from None
    return [str(entry[4][0]) for entry in found]


class HttpWire:
    """Sends requests for one destination. Nothing it raises or logs holds a body or a header.

    It speaks to httpx's transport: the client above it adds what is not wanted here (redirects,
    cookies, a log line with the whole address) at the cost of half a request.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        timeout: float,
        allow_private: bool,
        connections: int,
        resolve: Callable[[str, int], list[str]] = _resolve,
    ) -> None:
        self._authorizes = destination if isinstance(destination, Authorizes) else None
        self._sends = destination if isinstance(destination, Sends) else None
        self._timeout = timeout
        self._allow_private = allow_private
        self._resolve = resolve
        self._connections = connections
        self._parsed = lru_cache(httpx2.URL)
        self._at = lru_cache(lambda url, address: httpx2.URL(url).copy_with(host=address))
        self._lock = threading.Lock()
        self._opened: httpx2.HTTPTransport | None = None

    def _transport(self) -> httpx2.HTTPTransport:
        """One for all workers, made when the first request needs it."""
        with self._lock:
            if self._opened is None:
                self._opened = httpx2.HTTPTransport(
                    trust_env=False,
                    limits=httpx2.Limits(
                        max_connections=self._connections,
                        max_keepalive_connections=self._connections,
                    ),
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
        address = self._admit(url)
        headers = {
            **request.headers,
            "host": url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "user-agent": "homespun",
        }
        if not all(value.isascii() for value in headers.values()):
            raise ConfigurationError(_NO_HEADER)
        made = httpx2.Request(
            request.method,
            self._at(request.url, address),
            content=request.body,
            headers=headers,
            extensions={
                "sni_hostname": url.host,
                "timeout": httpx2.Timeout(self._timeout).as_dict(),
            },
        )
        made.headers.setdefault("accept", "*/*")
        give_up_at = time.monotonic() + self._timeout
        try:
            with closing(self._transport().handle_request(made)) as response:
                failpoint("sync.after_send")
                return _read(response, give_up_at)
        except httpx2.LocalProtocolError:
            raise ConfigurationError(_NO_HEADER) from None
        except _NOT_SENT as error:
            raise NotSent(f"no connection: {type(error).__name__}") from None
        except httpx2.HTTPError as error:
            raise AnswerLost(f"no whole answer: {type(error).__name__}") from None

    def _admit(self, url: httpx2.URL) -> str:
        """The address to connect to: checked once, and used, so that a name cannot change it."""
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = self._resolve(url.host, port)
        if not self._allow_private and not all(map(is_public, addresses)):
            raise ConfigurationError(
                f"{url.host} is a private, link-local or loopback address, which is refused; "
                "where it is meant, set allow_private: true in the sync's settings"
            )
        return addresses[0]


def _read(response: httpx2.Response, give_up_at: float) -> Answer:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        parts.append(part)
        if size > MAX_ANSWER:
            break
        if time.monotonic() > give_up_at:
            raise AnswerLost("the answer took too long")
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=b"".join(parts)[:MAX_ANSWER],
        truncated=size > MAX_ANSWER,
    )
