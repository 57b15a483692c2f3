"""Events that may have a picture, and frames in which somebody stands."""

from datetime import UTC, datetime, timedelta

from support.outcomes import outcome
from support.portraits import EILEEN, Visitor, scene

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Reason, Verdict
from faceidd.access.ruling import Ground
from faceidd.camera.frame import Frame
from faceidd.events.envelope import Stamp
from faceidd.events.event import AccessDenied, PersonRecognized, StrangerReason, StrangerSeen
from faceidd.events.picture_note import Kind
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization
from faceidd.snapshots.snapshot import Snapshot
from faceidd.units import Instant

NOON = datetime(2026, 5, 4, 12, 0, 0, 123000, tzinfo=UTC)
STAMP = Stamp(door="front", time=NOON, expires_at=NOON + timedelta(seconds=60))
EVENT = "01890a5d-ac96-774b-bcce-b302099a8057"


def stranger(visit: str = "v1", reason: StrangerReason = Reason.STRANGER) -> StrangerSeen:
    """A visitor is nobody the door knows, or is refused by the gallery."""
    return StrangerSeen(
        **STAMP,
        visit=visit,
        reason=reason,
        metric=None,
        normalization=None,
        value=None,
        frames=10,
    )


def denied(visit: str = "v1") -> AccessDenied:
    """Somebody is recognized and may not pass."""
    return AccessDenied(
        **STAMP, visit=visit, person="p-mina", ground=Ground.NOT_ALLOWED, rule="allow"
    )


def recognized(visit: str = "v1") -> PersonRecognized:
    """Somebody is recognized."""
    return PersonRecognized(
        **STAMP,
        visit=visit,
        person="p-mina",
        name="Mina",
        metric=Metric.COSINE,
        normalization=Normalization.NONE,
        value=0.75,
        frames=3,
        latency_ms=250,
    )


def frame() -> Frame:
    """Somebody's face where `outcome` has it."""
    return Frame(scene(Visitor(EILEEN, 150, (175, 175))), Instant(1.0), 0)


def outcomes(*visits: str) -> tuple[Outcome, ...]:
    """What a frame came to for these visits."""
    return tuple(outcome(Verdict.DENY, 1.0, visit=visit) for visit in visits)


def snapshot(days_ago: float = 0, kind: Kind = Kind.STRANGER, visit: str = "v1") -> Snapshot:
    """A picture of so long before noon."""
    return Snapshot(NOON - timedelta(days=days_ago), kind, visit, EVENT)
