"""HTTP for The Update Framework's client, on urllib3: bounded in bytes, time and tries.

What the server says is believed by nobody here: lengths and hashes are compared by the caller, and
nothing it sends makes this go elsewhere, unpack, or remember a cookie.
"""

import hashlib
import io
import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import IO

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)
from tuf.ngclient.fetcher import FetcherInterface
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError, SSLError

from faceidd import __version__
from faceidd.backoff import delays
from faceidd.clock import Clock, monotonic
from faceidd.sync.cached_file import CachedFile
from faceidd.sync.limits import RETRY_MAX, RETRY_MIN, SPEED_GRACE, Limits
from faceidd.units import Seconds

CHUNK = 64 * 1024
RESUMED_FROM = 256 * 1024
"""Larger targets go to the disk as they come, so that a broken download can be gone on with."""
_EXPECTED = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another try may better."""

_log = logging.getLogger(__name__)


class BrokenError(DownloadError):
    """A try failed, and another may do better."""


class Urllib3Fetcher(FetcherInterface):
    """Fetches files of one repository, for one sync.

    Args:
        limits: What it may take.
        targets: Address that target files lie below; all else is metadata, and small.
        partial: Folder for what came of a target before it broke off.
        ca: Certificates that must have signed the server's, as PEM; None trusts the system's.
        cached: A file that is asked for only if it has changed since; as it is now, afterward.
        clock: What limits are counted by.
        sleep: Waits between two tries.
        draw: Gives random numbers in [0, 1), for those waits.

    Attributes:
        received: Bytes of content that came.
        requests: How often the server was asked.
        server_time: What its clock said in its newest answer; None if it told none. A hint only.
        resumed: Whether the last file goes on from what an earlier try or sync had left.

    Raises:
        ssl.SSLError: `ca` holds no certificates.
    """

    def __init__(
        self,
        limits: Limits,
        targets: str,
        partial: Path,
        *,
        ca: str | None = None,
        cached: CachedFile,
        clock: Clock = monotonic,
        sleep: Callable[[float], None] = time.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits
        self._targets = targets
        self._partial = partial
        self.cached = cached
        self._clock = clock
        self._sleep = sleep
        self._draw = draw
        self._deadline = clock() + limits.total
        self._pool = PoolManager(
            num_pools=1,
            headers={"User-Agent": f"faceidd/{__version__}", "Accept-Encoding": "identity"},
            ssl_context=ssl.create_default_context(cadata=ca),
            retries=False,
        )
        self.received = self.requests = 0
        self.server_time: datetime | None = None
        self.resumed = False

    def close(self) -> None:
        """Hang up."""
        # Not `clear`: it leaves that to the garbage collector.
        for key in self._pool.pools.keys():  # noqa: SIM118 - iterating over it is refused
            self._pool.pools[key].close()

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """Fetch a file; what came of a large one is kept if it breaks off.

        Args:
            url: Where it lies.
            max_length: A longer one is refused as soon as that is seen.

        Raises:
            DownloadHTTPError: The server answers with an error.
            DownloadLengthMismatchError: It is longer.
            SlowRetrievalError: It comes too slowly, or the sync took too long.
            DownloadError: It cannot be fetched.
        """
        self.resumed = False
        if max_length <= RESUMED_FROM or not url.startswith(self._targets):
            with io.BytesIO() as small:
                self._fill(small, url, max_length)
                yield small
            return
        path = self._partial_file(url)
        kept = False
        with path.open("a+b") as large:
            try:
                self._fill(large, url, max_length)
                yield large
            except (BrokenError, SlowRetrievalError):
                kept = True
                raise
            finally:
                if not kept:  # used up, or not what was signed
                    path.unlink()

    def _fetch(self, url: str) -> Iterator[bytes]:
        # What the base class asks for; only `download_file` is called by the client.
        with self.download_file(url, self._limits.most_bytes) as file:
            yield from iter(lambda: file.read(CHUNK), b"")

    def _partial_file(self, url: str) -> Path:
        """Where a file grows; what is left of any other is removed, so there is one at most."""
        path = self._partial / hashlib.sha256(url.encode()).hexdigest()
        self._partial.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in self._partial.iterdir():
            if other != path:
                other.unlink()
        return path

    def _fill(self, file: IO[bytes], url: str, most: int) -> None:
        pauses = delays(RETRY_MIN, RETRY_MAX, self._draw)
        for tried, pause in enumerate(islice(pauses, self._limits.tries), start=1):
            try:
                self._try(file, url, most)
                break
            except BrokenError as error:
                if tried == self._limits.tries or self._clock() + pause > self._deadline:
                    raise
                _log.info("%s: %s; trying again in %.1f s", url, error, pause)
                self._sleep(pause)
        file.seek(0)

    def _try(self, file: IO[bytes], url: str, most: int) -> None:
        have = file.seek(0, io.SEEK_END)
        self.resumed = have > 0
        if have >= most > 0 and self.resumed:  # all of it, and the sync ended before it was used
            return
        try:
            response = self._ask(url, have)
        except SSLError as error:
            raise DownloadError(_reason(error)) from error
        except HTTPError as error:
            raise BrokenError(_reason(error)) from error
        try:
            if response.status == HTTPStatus.NOT_MODIFIED and self._may_be_cached(url):
                file.write(self.cached.content)
                return
            if not self._goes_on(response, have):
                file.truncate(0)
                self.resumed = False
            self._copy(response, file, most)
            if url == self.cached.url:
                self._note(response, file)
        except HTTPError as error:
            raise BrokenError(_reason(error)) from error
        finally:
            response.close()

    def _ask(self, url: str, have: int) -> BaseHTTPResponse:
        headers = dict(self._pool.headers)
        if have:
            headers["Range"] = f"bytes={have}-"
        elif self._may_be_cached(url):
            headers["If-None-Match"] = self.cached.etag
        limits = self._limits
        left = max(0.1, self._deadline - self._clock())
        self.requests += 1
        response = self._pool.request(
            "GET",
            url,
            headers=headers,
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=Timeout(
                connect=min(limits.connect_timeout, left), read=min(limits.read_timeout, left)
            ),
        )
        self.server_time = _date(response.headers)
        if response.status in _EXPECTED:
            return response
        response.close()
        if response.status in _AGAIN:
            raise BrokenError(f"the server answered {response.status}")
        raise DownloadHTTPError(f"the server answered {response.status}", response.status)

    def _goes_on(self, response: BaseHTTPResponse, have: int) -> bool:
        """Whether an answer is the rest of what came before."""
        if response.status == HTTPStatus.OK:
            return False
        span = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if have and span and int(span[1]) == have:
            return True
        raise DownloadHTTPError(
            f"the server answered {response.status} to what was not asked", response.status
        )

    def _copy(self, response: BaseHTTPResponse, file: IO[bytes], most: int) -> None:
        began, came = self._clock(), 0
        have = file.seek(0, io.SEEK_END)
        # One read of the socket at a time: a larger one would wait for a server that drips.
        while chunk := response.read1(CHUNK):
            came += len(chunk)
            self.received += len(chunk)
            if have + came > most:
                raise DownloadLengthMismatchError(f"more than {most} bytes came")
            file.write(chunk)
            self._require_speed(Seconds(self._clock() - began), came)

    def _require_speed(self, took: Seconds, came: int) -> None:
        if self._clock() > self._deadline:
            raise SlowRetrievalError(f"the sync took more than {self._limits.total:g} s")
        if took > SPEED_GRACE and came < took * self._limits.least_speed:
            raise SlowRetrievalError(
                f"{came / took:.0f} bytes came a second, less than {self._limits.least_speed}"
            )

    def _may_be_cached(self, url: str) -> bool:
        return url == self.cached.url and self.cached.etag != ""

    def _note(self, response: BaseHTTPResponse, file: IO[bytes]) -> None:
        file.seek(0)
        self.cached = self.cached.renewed(response.headers.get("ETag", ""), file.read())


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _reason(error: Exception) -> str:
    """What went wrong, without urllib3's names for its own objects."""
    inner = getattr(error, "reason", None) or (error.args[-1] if error.args else error)
    return re.sub(r"^.*?: ", "", str(inner)) if "object at 0x" in str(inner) else str(inner)
