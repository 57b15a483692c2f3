"""The fetcher against a real server on this machine."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.static_server import Answering, Misbehavior, Site, break_off, served
from support.synced_door import QUICK
from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)

from faceidd.sync.cached_file import CachedFile
from faceidd.sync.limits import Limits
from faceidd.sync.urllib3 import BrokenError, Urllib3Fetcher
from faceidd.units import Instant, Seconds

BIG = bytes(range(256)) * 4096
"""A file that goes to the disk as it comes."""


class HastyClock(HandClock):
    """Eleven seconds pass between any two looks at it."""

    def __call__(self) -> Instant:
        self.now += 11.0
        return super().__call__()


@dataclass
class Fetching:
    """A server with a small and a big file, and what fetches them."""

    site: Site
    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    slept: list[float] = field(default_factory=list)

    def fetcher(self, limits: Limits = QUICK) -> Urllib3Fetcher:
        return Urllib3Fetcher(
            limits,
            f"{self.site.url}targets/",
            self.folder / "partial",
            cached=CachedFile(f"{self.site.url}metadata/small"),
            clock=self.clock,
            sleep=self.slept.append,
            draw=lambda: 0.0,
        )

    def get(self, name: str, most: int = 1 << 21, limits: Limits = QUICK) -> bytes:
        fetcher = self.fetcher(limits)
        try:
            with fetcher.download_file(self.site.url + name, most) as file:
                return file.read()
        finally:
            fetcher.close()

    @property
    def ranges(self) -> list[str | None]:
        return [span for _, span in self.site.asked]

    @property
    def left(self) -> list[int]:
        return [one.stat().st_size for one in (self.folder / "partial").iterdir()]


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Fetching]:
    for name, content in {"metadata/small": b"small", "targets/big": BIG}.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
    with served(tmp_path / "site") as site:
        yield Fetching(site, tmp_path)


def status(code: int, **headers: str) -> Misbehavior:
    return lambda answering: answering.answer(code, b"x" * 10, None, **headers)


def test_files_are_fetched(fetching: Fetching) -> None:
    assert fetching.get("metadata/small") == b"small"
    assert fetching.get("targets/big") == BIG
    assert fetching.left == []


def test_a_broken_download_goes_on_where_it_broke_off(fetching: Fetching) -> None:
    fetching.site.spoiled["big"] = break_off
    with pytest.raises(BrokenError):
        fetching.get("targets/big")
    assert fetching.left == [len(BIG) // 2]
    fetching.site.spoiled.clear()
    assert fetching.get("targets/big") == BIG
    assert fetching.ranges == [None, f"bytes={len(BIG) // 2}-"]


def test_a_server_without_ranges_sends_it_whole(fetching: Fetching) -> None:
    fetching.site.spoiled["big"] = break_off
    with pytest.raises(BrokenError):
        fetching.get("targets/big")
    fetching.site.spoiled["big"] = lambda answering: answering.answer(200, BIG)
    assert fetching.get("targets/big") == BIG


def test_a_part_of_something_else_is_refused(fetching: Fetching) -> None:
    fetching.site.spoiled["big"] = break_off
    with pytest.raises(BrokenError):
        fetching.get("targets/big")
    fetching.site.spoiled["big"] = status(206, Content_Range="bytes 5-14/15")
    with pytest.raises(DownloadHTTPError):
        fetching.get("targets/big")


def test_what_was_left_of_another_file_is_removed(fetching: Fetching) -> None:
    fetching.site.spoiled["big"] = break_off
    for name in ("targets/big", "targets/other/../big"):
        with pytest.raises(BrokenError):
            fetching.get(name)
    assert len(fetching.left) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again_after_growing_waits(
    fetching: Fetching, code: int
) -> None:
    fetching.site.spoiled["small"] = status(code)
    with pytest.raises(BrokenError, match=str(code)):
        fetching.get("metadata/small", limits=replace(QUICK, tries=4))
    assert len(fetching.site.asked) == 4
    assert fetching.slept == [1, 2, 4]


@pytest.mark.parametrize("code", [301, 302, 400, 403, 404])
def test_other_answers_are_final_and_lead_nowhere(fetching: Fetching, code: int) -> None:
    fetching.site.spoiled["small"] = status(code, Location=f"{fetching.site.url}targets/big")
    with pytest.raises(DownloadHTTPError):
        fetching.get("metadata/small", limits=replace(QUICK, tries=4))
    assert len(fetching.site.asked) == 1


def test_a_longer_file_is_refused_and_nothing_of_it_is_kept(fetching: Fetching) -> None:
    with pytest.raises(DownloadLengthMismatchError):
        fetching.get("targets/big", most=len(BIG) - 1)
    assert fetching.left == []
    with pytest.raises(DownloadLengthMismatchError):
        fetching.get("metadata/small", most=4)


def test_a_server_that_drips_is_given_up(fetching: Fetching) -> None:
    fetching.clock = HastyClock()
    fetching.site.spoiled["big"] = lambda answering: answering.answer(200, b"xxx", length=len(BIG))
    with pytest.raises(SlowRetrievalError, match="a second, less than 100"):
        fetching.get("targets/big", limits=replace(QUICK, least_speed=100, total=Seconds(1e6)))


def test_a_sync_ends_after_its_whole_time_however_fast_bytes_come(fetching: Fetching) -> None:
    def send(answering: Answering) -> None:
        answering.answer(200, b"", length=len(BIG))
        fetching.clock.sleep(31.0)
        answering.wfile.write(BIG)

    fetching.site.spoiled["big"] = send
    with pytest.raises(SlowRetrievalError, match="more than 30 s"):
        fetching.get("targets/big")


def test_a_silent_server_is_given_up(fetching: Fetching) -> None:
    with pytest.raises(DownloadError):
        fetching.fetcher(replace(QUICK, connect_timeout=Seconds(0.1))).download_file(
            "http://127.0.0.1:1/nobody", 10
        ).__enter__()


def test_nothing_is_unpacked(fetching: Fetching) -> None:
    packed = lambda answering: answering.answer(200, b"\x1f\x8b", Content_Encoding="gzip")  # noqa: E731 - one line
    fetching.site.spoiled["small"] = packed
    assert fetching.get("metadata/small") == b"\x1f\x8b"


def test_what_did_not_change_is_not_sent_again(fetching: Fetching) -> None:
    fetcher, url = fetching.fetcher(), f"{fetching.site.url}metadata/small"
    for _ in range(2):
        with fetcher.download_file(url, 100) as file:
            assert file.read() == b"small"
    assert fetcher.received == len(b"small")
    (fetching.folder / "site" / "metadata" / "small").write_bytes(b"other")
    with fetcher.download_file(url, 100) as file:
        assert file.read() == b"other"
    fetcher.close()


def test_an_answer_that_nothing_changed_is_refused_where_nothing_is_cached(
    fetching: Fetching,
) -> None:
    fetching.site.spoiled["small"] = status(304)
    with pytest.raises(DownloadHTTPError):
        fetching.get("metadata/small")


def test_an_etag_that_is_none_is_not_sent_back() -> None:
    cached = CachedFile("https://here/")
    assert cached.renewed('"a"', b"x").etag == '"a"'
    for wrong in ("", "a", '"a', '"\n"', '"' + "a" * 300 + '"'):
        assert cached.renewed(wrong, b"x").etag == ""


def test_the_servers_clock_is_noted(fetching: Fetching) -> None:
    fetcher = fetching.fetcher()
    with fetcher.download_file(f"{fetching.site.url}metadata/small", 100):
        pass
    fetcher.close()
    assert fetcher.server_time is not None
    assert re.match(r"20\d\d", f"{fetcher.server_time:%Y}")
