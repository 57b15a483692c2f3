"""What is so at the door, put on the board of states whenever it may have changed."""

from collections.abc import Collection

from faceidd import __version__
from faceidd.camera.health import PictureFault
from faceidd.camera.latest import CameraState
from faceidd.daemon.config import Config
from faceidd.door.situation import Situation
from faceidd.door.state import State
from faceidd.events.health import Health
from faceidd.events.retained import (
    RetainedCamera,
    RetainedDoor,
    RetainedGallery,
    RetainedHealth,
    RetainedSync,
)
from faceidd.events.state_board import StateBoard
from faceidd.gallery.gallery import Gallery
from faceidd.sync.status import Status


class Showing:
    """Shows the states of one door.

    Args:
        board: Where.
        config: Names the door and its site.
    """

    def __init__(self, board: StateBoard, config: Config) -> None:
        self._board = board
        self._door, self._site = config.door.id, config.door.site
        self._has_contact = config.door.contact is not None

    def door(self, situation: Situation) -> None:
        """Show what the lock and the leaf are doing."""
        self._board.show(
            RetainedDoor(
                door=self._door,
                site=self._site,
                state=situation.state,
                unlocked=situation.energized,
                open=situation.leaf_open if self._has_contact else None,
                alerts=tuple(sorted(situation.alerts)),
            )
        )

    def door_at_rest(self) -> None:
        """Show that the relay is released, when the daemon ends."""
        shown = self._board.states.get(RetainedDoor.name)
        if isinstance(shown, RetainedDoor) and shown.unlocked:
            state = State.LOCKED if shown.state is State.UNLOCKING else shown.state
            self._board.show(shown.model_copy(update={"unlocked": False, "state": state}))

    def gallery(self, gallery: Gallery, digest: str, status: Status) -> None:
        """Show whom the door knows, and how that is kept new.

        Args:
            gallery: Everybody.
            digest: SHA-256 of its plain file.
            status: How syncs went.
        """
        held = status.held
        published = held if held is not None and held.sha256 == digest else None
        self._board.show(
            RetainedGallery(
                door=self._door,
                site=self._site,
                edition=None if published is None else published.edition,
                version=gallery.version,
                sha256=digest,
                people=len(gallery.people),
                model_id=gallery.model_id,
                model_name=gallery.model_name,
                published_at=None if published is None else published.published_at,
                software=__version__,
                sync=None if status.checked_at is None else _sync(status),
            )
        )

    def health(self, health: Health) -> None:
        """Show how the daemon is doing."""
        self._board.show(RetainedHealth(door=self._door, site=self._site, health=health))

    def camera(self, state: CameraState, faults: Collection[PictureFault] = ()) -> None:
        """Show how the camera is doing.

        Args:
            state: Whether it gives frames.
            faults: What is wrong with its picture.
        """
        self._board.show(
            RetainedCamera(
                door=self._door,
                site=self._site,
                online=state.online,
                losses=state.losses,
                reason=state.reason or None,
                alerts=tuple(sorted(faults)),
            )
        )


def _sync(status: Status) -> RetainedSync:
    failure = status.failure
    return RetainedSync(
        result="good" if failure is None else failure.reason,
        checked_at=status.good_at,
        latest=None if status.held is None else status.held.version,
        detail=None if failure is None else failure.text,
    )
