"""A world with a door in it, small enough to visit every state it can ever be in.

Time goes in ticks of one second, and instants are told from now, so that the same situation at
another hour is the same state. The machine is the real one; the driver around it, the kernel, the
service manager and the wiring are modeled here, with their faults.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from math import inf
from typing import NamedTuple

from faceidd.door.guard import GUARD_MARGIN
from faceidd.door.machine import TABLE, Table, due, step
from faceidd.door.pulse import Pulse, PulseRules
from faceidd.door.rules import DoorRules
from faceidd.door.signal import Kind, Signal
from faceidd.door.situation import NEVER, Situation
from faceidd.units import Instant, Seconds

PULSE, MAX_AGE, HELD_AFTER = 2, 1, 1
MARGIN = round(GUARD_MARGIN) + 1
"""What the guard waits past the deadline, and a tick for the pin to be put at rest."""
RULES = DoorRules(PulseRules(Seconds(PULSE), Seconds(MAX_AGE)), Seconds(HELD_AFTER))
FAR = 3
"""No limit reaches further; what lies beyond is long ago, or a day ahead."""
NOW = Instant(0.0)
AHEAD = Instant(inf)
DAY = 86_400


class Fault(StrEnum):
    """What may go wrong with one thing that the daemon does."""

    NONE = "all well"
    DEAD_PIN = "the pin cannot be energized"
    STIFF_PIN = "the pin cannot be released"
    FULL_DISK = "the disk is full"
    LOST_BROKER = "the broker is lost"


class UnsafeError(Exception):
    """A rule that keeps the door shut was broken."""


class World(NamedTuple):
    """A door, and all around it that matters.

    Attributes:
        situation: What the daemon knows; None while there is no daemon.
        pin: Whether the relay's pin is energized.
        on_for: For how many ticks it has been, without a fire.
        guard: In how many ticks the kernel kills the daemon; None if the guard is disarmed.
        hung: Whether the daemon stands still, all of its threads.
        fire: Whether the fire input is active.
        kept: Whether a lockdown was ordered that belongs on the disk.
        waiting: Whether a daemon that is wrong waits for the broker to come back.
        opened: How long ago the evidence was that opened the door, as far as it may still count.
    """

    situation: Situation | None = Situation()
    pin: bool = False
    on_for: int = 0
    guard: int | None = None
    hung: bool = False
    fire: bool = False
    kept: bool = False
    waiting: bool = False
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Driver:
    """What carries out the machine; each part can be replaced by a wrong one.

    Attributes:
        table: The machine.
        due: What the clock has to say.
        guarded: Whether the guard is armed before the pin moves.
        waits_for_listener: Whether the guard is off and a release waits until it was told.
        rests: Whether the service manager puts the pin at rest after the daemon.
        keeps_lockdown: Whether a lockdown is written to the disk.
        forgets_first: Whether one is lifted only when the disk has forgotten it.
    """

    table: Table = field(default_factory=lambda: TABLE)
    due: Callable[[Situation, Instant], Kind | None] = due
    guarded: bool = True
    waits_for_listener: bool = False
    rests: bool = True
    keeps_lockdown: bool = True
    forgets_first: bool = True
    _taken: dict[tuple[Situation, Signal], Situation] = field(default_factory=dict)

    def step(self, situation: Situation, signal: Signal) -> Situation:
        """What the machine makes of a signal; asked once."""
        key = (situation, signal)
        if (taken := self._taken.get(key)) is None:
            taken = self._taken[key] = _lean(step(situation, signal, RULES, self.table).situation)
        return taken


def take(world: World, signal: Signal, driver: Driver, fault: Fault) -> World:
    """What the daemon does with a signal, in the order of `Door`."""
    before = world.situation
    assert before is not None
    if signal.kind is Kind.LIFT:
        if fault is not Fault.FULL_DISK:
            world = world._replace(kept=False)
        elif driver.forgets_first:
            return world
    situation = driver.step(before, signal)
    after = world._replace(situation=situation)
    if situation.energized:
        after = _energize(world, after, signal, driver, fault)
    elif after.pin:
        after = _release(after, driver, fault)
    if signal.kind is Kind.LOCK_DOWN and fault is not Fault.FULL_DISK:
        return after._replace(kept=True)
    return after


def _energize(world: World, after: World, signal: Signal, driver: Driver, fault: Fault) -> World:
    situation = after.situation
    assert situation is not None
    assert situation.release_at is not None
    if not world.pin and fault is Fault.DEAD_PIN:
        return world  # an opening that failed changes nothing
    _require_reason(world, situation, signal)
    used = world.opened
    if world.situation is not None and situation.pulse not in {None, world.situation.pulse}:
        used |= {-round(signal.since)}
    seconds = max(-FAR, min(situation.release_at, FAR)) + GUARD_MARGIN
    guard = round(seconds) if driver.guarded else None
    return after._replace(pin=True, guard=guard, opened=used)


def _require_reason(world: World, situation: Situation, signal: Signal) -> None:
    """Whatever begins or lengthens an opening must be a fresh decision, or a fire."""
    before = world.situation
    assert before is not None
    if situation.fire is not None:
        if not world.fire and situation.fire != before.fire:
            raise UnsafeError("the relay is on for a fire that is none")
        return
    if situation.pulse == before.pulse:
        return
    age = -round(signal.since)
    if signal.kind not in {Kind.GRANT, Kind.EXIT} or not 0 <= age <= MAX_AGE:
        raise UnsafeError("the relay is on without a fresh decision")
    if age in world.opened:
        raise UnsafeError("one decision opened twice")
    if world.pin and before.fire is None:
        raise UnsafeError("a decision lengthened a pulse")
    if before.lockdown and signal.kind is Kind.GRANT:
        raise UnsafeError("a grant opened in a lockdown")


def _release(world: World, driver: Driver, fault: Fault) -> World:
    if driver.waits_for_listener and fault is Fault.LOST_BROKER:
        return world._replace(hung=True, waiting=True, guard=None)
    if fault is Fault.STIFF_PIN:  # all tries fail: the pin is given back and the daemon ends
        return die(world)
    return world._replace(pin=False, on_for=0, guard=None)


def die(world: World) -> World:
    """The process is gone; the pin stays as it was."""
    return world._replace(situation=None, guard=None, hung=False, waiting=False, opened=frozenset())


def start(world: World, driver: Driver) -> World:
    """The service manager starts the daemon again."""
    return world._replace(situation=Situation(lockdown=world.kept and driver.keeps_lockdown))


def tick(world: World, driver: Driver, fault: Fault) -> World:
    """A second passes."""
    on_for = 0 if world.fire or not world.pin else min(world.on_for + 1, PULSE + MARGIN + 1)
    opened = frozenset(age + 1 for age in world.opened if age < MAX_AGE)
    later = world._replace(on_for=on_for, opened=opened)
    if world.situation is None:
        return later._replace(
            pin=later.pin and not driver.rests, on_for=0 if driver.rests else on_for
        )
    guard = None if world.guard is None else world.guard - 1
    later = later._replace(guard=guard, situation=_shifted(world.situation, -1))
    if guard is not None and guard <= 0:
        return die(later)
    if world.hung:
        return later
    if world.situation.broken:  # `Door.check` ends the daemon
        return die(later._replace(pin=False, on_for=0))
    return _let_time_pass(later, driver, fault)


def jump(world: World, days: int, driver: Driver) -> World:
    """The clock is set."""
    assert world.situation is not None
    # Evidence is told by the same clock: none of it is known by its old age any more.
    later = world._replace(
        situation=_shifted(world.situation, -days * DAY), opened=frozenset[int]()
    )
    return later if world.hung else _let_time_pass(later, driver, Fault.NONE)


def _let_time_pass(world: World, driver: Driver, fault: Fault) -> World:
    while world.situation is not None and not world.hung:
        kind = driver.due(world.situation, NOW)
        if kind is None:
            break
        world = take(world, Signal(kind, NOW), driver, fault)
    return world


def hang(world: World) -> World:
    """Nothing in the process moves any more."""
    return world._replace(hung=True, situation=_HUNG)


def _lean(situation: Situation) -> Situation:
    """The same situation without what can make no difference any more."""
    if situation.broken:
        return Situation(lockdown=situation.lockdown, fire=situation.fire, broken=True)
    return replace(
        situation,
        used=situation.used if situation.used >= -MAX_AGE else NEVER,
        pulse_ended=NOW if situation.pulse_ended == NOW else NEVER,
        moved=NOW if situation.moved == NOW and situation.feedback is not None else NEVER,
        faulty=frozenset(),  # an alert, and nothing else
    )


# What a daemon knows that will never do anything again.
_HUNG = Situation(lockdown=True)


@cache
def _shifted(situation: Situation, seconds: int) -> Situation:
    """The same situation, so much later (if negative) on the clock."""

    def shift(instant: Instant) -> Instant:
        moved = Instant(instant + seconds)
        if abs(moved) <= FAR:
            return moved
        return AHEAD if moved > 0 else NEVER

    def shifted(pulse: Pulse) -> Pulse:
        return Pulse(shift(pulse.began), shift(pulse.ends))

    pulse, held, fire = situation.pulse, situation.held_at, situation.fire
    later = replace(
        situation,
        pulse=None if pulse is None else shifted(pulse),
        pulse_ended=shift(situation.pulse_ended),
        used=shift(situation.used),
        moved=shift(situation.moved),
        held_at=None if held is None else shift(held),
        fire=None if fire is None else shifted(fire),
    )
    return _lean(later)
