"""Photographer: takes a picture for each event that is to have one, beside the door.

The daemon's loop does no more than to note an event and to point at a frame; cutting, sealing and
writing are done by a thread of their own. Whatever goes wrong there is told and stops no door.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue

from faceidd.access.attendance import MOST_VISITORS, Outcome
from faceidd.camera.frame import Frame, Image
from faceidd.clock import WallClock, real_s, wall
from faceidd.events.event import Event
from faceidd.events.picture_note import Kind
from faceidd.face.detection import Box
from faceidd.snapshots.album import Album
from faceidd.snapshots.picture import face_picture
from faceidd.snapshots.seal import Seal
from faceidd.snapshots.snapshot import Snapshot
from faceidd.units import Seconds

MOST_WAITING = 4
"""Frames that wait for the thread; pictures of others are not taken, and counted."""
PRUNE_EVERY = Seconds(3600.0)
CLOSE_TIMEOUT = Seconds(1.0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where pictures are kept.

    Attributes:
        album: The folder.
        seal: Closes each before it is written.
    """

    album: Album
    seal: Seal


class Photographer:
    """Takes one picture a visit of each kind. An event sink that is also shown the frames.

    Args:
        kinds: Which pictures are taken.
        keeping: Where they are kept; None keeps none.
        wall_clock: What the age of pictures counts by.
    """

    def __init__(
        self,
        kinds: Collection[Kind],
        keeping: Keeping | None,
        *,
        wall_clock: WallClock = wall,
    ) -> None:
        self._kinds = frozenset(kinds)
        self._keeping = keeping
        self._show: Callable[[Snapshot, bytes], None] = lambda *_: None
        self._wall_clock = wall_clock
        self._asked: deque[Snapshot] = deque(maxlen=MOST_VISITORS)
        self._taken: OrderedDict[tuple[str, Kind], None] = OrderedDict()
        self._waiting: Queue[tuple[Snapshot, Image, Box] | None] = Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._fault = ""
        self._untidy = ""
        self._missed = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
        self._thread.start()

    @property
    def missed(self) -> int:
        """Pictures that were to be taken and were not taken, or could not be kept."""
        return self._missed

    def show_by(self, show: Callable[[Snapshot, bytes], None]) -> None:
        """Have each picture also shown to whoever may see it, by this; it must return at once."""
        self._show = show

    def publish(self, event: Event) -> None:
        """Note that an event wants a picture; the frame that it comes of is shown right after."""
        snapshot = Snapshot.of(event)
        if snapshot is not None and snapshot.kind in self._kinds:
            self._asked.append(snapshot)

    def see(self, frame: Frame, outcomes: Sequence[Outcome]) -> None:
        """Take the pictures that events of this frame want; returns at once.

        Args:
            frame: What was just looked at.
            outcomes: Whose faces are where in it.
        """
        while self._asked:
            snapshot = self._asked.popleft()
            key = (snapshot.visit, snapshot.kind)
            boxes = [one.seen.face.box for one in outcomes if one.visit == snapshot.visit]
            if key in self._taken or not boxes:
                continue
            self._taken[key] = None
            while len(self._taken) > MOST_VISITORS * len(Kind):
                self._taken.popitem(last=False)
            try:
                self._waiting.put_nowait((snapshot, frame.image, boxes[0]))
            except Full:
                self._miss("the disk or the processor is too slow for them")

    def close(self) -> None:
        """Take what waits, for a bounded time. May be called again."""
        if self._closed:
            return
        self._closed = True
        deadline = time.monotonic() + CLOSE_TIMEOUT
        try:
            self._waiting.put(None, timeout=CLOSE_TIMEOUT)
        except Full:
            return
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        self._tidy(lambda keeping: keeping.album.clean())
        while True:
            self._tidy(lambda keeping: keeping.album.prune(self._wall_clock()))
            try:
                asked = self._waiting.get(timeout=real_s(PRUNE_EVERY))
            except Empty:
                continue
            if asked is None:
                return
            try:
                self._take(*asked)
                self._well()
            except OSError as error:
                self._miss(error.strerror or "they cannot be written")
            except Exception as error:
                _log.exception("a picture could not be taken")
                self._miss(type(error).__name__)

    def _take(self, snapshot: Snapshot, image: Image, box: Box) -> None:
        jpeg = face_picture(image, box)
        self._show(snapshot, jpeg)
        if self._keeping is not None:
            sealed = self._keeping.seal.close(jpeg)
            self._keeping.album.keep(snapshot, sealed, self._wall_clock())

    def _tidy(self, tidy: Callable[[Keeping], None]) -> None:
        if self._keeping is None:
            return
        try:
            tidy(self._keeping)
            self._untidy = ""
        except OSError as error:
            if str(error) != self._untidy:
                self._untidy = str(error)
                _log.error("old snapshots cannot be removed: %s", error)

    def _miss(self, why: str) -> None:
        with self._lock:
            self._missed += 1
            if why != self._fault:  # a full disk is told once
                self._fault = why
                _log.error("snapshots are missing, %d by now: %s", self._missed, why)

    def _well(self) -> None:
        with self._lock:
            if self._fault:
                self._fault = ""
                _log.info("snapshots are taken again; %d are missing", self._missed)
