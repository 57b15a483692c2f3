"""Situation: all that is known of a door at one moment, and what follows from it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from faceidd.door.pulse import Pulse
from faceidd.door.signal import InputName
from faceidd.door.state import State
from faceidd.units import Instant

NEVER = Instant(-inf)


class Alert(StrEnum):
    """What somebody should look after; each begins and ends."""

    FORCED = "forced"
    HELD = "held"
    TAMPER = "tamper"
    FIRE = "fire"
    LOCKDOWN = "lockdown"
    LINE_FAULT = "line_fault"
    RELAY_FAULT = "relay_fault"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a door drives.

    Attributes:
        relay: The lock's coil; energized is unlocked.
        buzzer: Somebody is to hear that the door is not as it should be.
        open_light: One may pass now.
        alarm_light: The door is locked down, not as it should be, or not well.
    """

    relay: bool
    buzzer: bool
    open_light: bool
    alarm_light: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a door. Its state, its outputs and its alerts follow from it.

    Attributes:
        pulse: The passage that the relay is energized for.
        pulse_served: Whether the leaf has opened in this pulse.
        pulse_ended: When the last pulse ended.
        used: How new the newest evidence is that ever opened the door; no older one opens again.
        leaf_open: Whether the leaf stands open; False without a contact.
        breached: Whether it was opened by nobody's leave.
        held_at: When the open leaf has stood open for too long.
        overdue: Whether it has.
        propped: Whether a rule lets the leaf stand open.
        lockdown: Whether no grant opens the door.
        fire: How long the fire input's last word counts; None without a fire.
        tampered: Whether the housing is open.
        feedback: What the relay's spare contact says; None without one.
        moved: When the relay or its spare contact changed last.
        faulty: Lines that are not to be believed.
        broken: Whether the relay does not do what it is told.
    """

    pulse: Pulse | None = None
    pulse_served: bool = False
    pulse_ended: Instant = NEVER
    used: Instant = NEVER
    leaf_open: bool = False
    breached: bool = False
    held_at: Instant | None = None
    overdue: bool = False
    propped: bool = False
    lockdown: bool = False
    fire: Pulse | None = None
    tampered: bool = False
    feedback: bool | None = None
    moved: Instant = NEVER
    faulty: frozenset[InputName] = frozenset()
    broken: bool = False

    @property
    def state(self) -> State:
        """The state that these facts make."""
        if self.broken:
            return State.FAULT
        if self.fire is not None:
            return State.FIRE
        if self.lockdown:
            return State.LOCKDOWN
        if self.leaf_open:
            return self._leaf_state
        return State.LOCKED if self.pulse is None else State.UNLOCKING

    @property
    def _leaf_state(self) -> State:
        if self.breached:
            return State.FORCED
        if self.may_stand_open:
            return State.PROPPED
        return State.HELD if self.overdue else State.OPEN

    @property
    def may_stand_open(self) -> bool:
        """Whether the leaf may stand open now: in a fire, or by a rule but for a lockdown."""
        return self.fire is not None or (self.propped and not self.lockdown)

    @property
    def energized(self) -> bool:
        """Whether the relay is to be energized: for a passage, or for a fire."""
        return not self.broken and (self.pulse is not None or self.fire is not None)

    @property
    def release_at(self) -> Instant | None:
        """When the relay is to be released if nothing else is heard; None if it is released."""
        if not self.energized:
            return None
        if self.fire is not None:
            return self.fire.ends
        return None if self.pulse is None else self.pulse.ends

    @property
    def alerts(self) -> frozenset[Alert]:
        """What somebody should look after."""
        facts = {
            Alert.FORCED: self.breached,
            Alert.HELD: self.overdue,
            Alert.TAMPER: self.tampered,
            Alert.FIRE: self.fire is not None,
            Alert.LOCKDOWN: self.lockdown,
            Alert.LINE_FAULT: bool(self.faulty),
            Alert.RELAY_FAULT: self.broken,
        }
        return frozenset(alert for alert, raised in facts.items() if raised)

    @property
    def outputs(self) -> Outputs:
        """What is to be driven."""
        alerts = self.alerts
        return Outputs(
            relay=self.energized,
            buzzer=bool(alerts & {Alert.FORCED, Alert.HELD, Alert.TAMPER}),
            open_light=self.energized,
            alarm_light=bool(alerts - {Alert.FIRE}),
        )
