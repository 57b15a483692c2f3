"""Every world that a door can get into, and the rules that must hold in each of them."""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from support.door_world import (
    MARGIN,
    MAX_AGE,
    NOW,
    PULSE,
    Driver,
    Fault,
    UnsafeError,
    World,
    die,
    hang,
    jump,
    start,
    take,
    tick,
)

from faceidd.door.signal import InputName, Kind, Signal
from faceidd.units import Instant

# Decisions are told with their ages, what is due comes from the clock, and a test shows that the
# tamper switch touches nothing but its own fact.
_ELSEWHERE = {
    Kind.GRANT,
    Kind.EXIT,
    Kind.PULSE_OVER,
    Kind.HELD_TOO_LONG,
    Kind.TAMPER,
    Kind.TAMPER_OVER,
}


def explore(driver: Driver) -> int:
    """Visit every world that can be reached, breadth first.

    Returns:
        How many there are.

    Raises:
        UnsafeError: In one of them the door is not shut as it must be; tells the way there.
    """
    first = World()
    came: dict[World, tuple[World, str] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        world = waiting.popleft()
        for name, after in _worlds_after(world, driver, came):
            if after not in came:
                came[after] = (world, name)
                _require_safe(after, partial(_way, after, came))
                waiting.append(after)
    return len(came)


def _way(world: World, came: dict[World, tuple[World, str] | None]) -> str:
    names: list[str] = []
    while (step_before := came[world]) is not None:
        world, name = step_before
        names.append(name)
    return " -> ".join(reversed(names))


def _worlds_after(
    world: World, driver: Driver, came: dict[World, tuple[World, str] | None]
) -> Iterator[tuple[str, World]]:
    for name, act in _actions(world, driver):
        try:
            yield name, act()
        except UnsafeError as error:
            raise UnsafeError(f"{error}, after {_way(world, came)} -> {name}") from None


def _require_safe(world: World, way: Callable[[], str]) -> None:
    if world.on_for > PULSE + MARGIN:
        raise UnsafeError(f"the relay is on for longer than pulse and margin, after {way()}")
    situation = world.situation
    if situation is not None and not world.hung and world.on_for > PULSE:
        raise UnsafeError(f"a daemon that runs let a pulse go on, after {way()}")
    if situation is not None and world.kept and not situation.lockdown:
        raise UnsafeError(f"a lockdown was lost, after {way()}")
    if situation is None and world.guard is not None:
        raise UnsafeError(f"a dead process is guarded, after {way()}")


def _actions(world: World, driver: Driver) -> Iterator[tuple[str, Callable[[], World]]]:
    # What counts is how long it has been on since there was a fire.
    yield "fire input changes", lambda: world._replace(fire=not world.fire, on_for=0)
    if world.situation is None:
        yield "tick", lambda: tick(world, driver, Fault.NONE)
        if not world.pin:  # the unit's ExecStopPost= has run
            yield "restart", lambda: start(world, driver)
        return
    yield "kill", lambda: die(world)
    if world.waiting:
        yield (
            "broker comes back",
            lambda: world._replace(pin=False, on_for=0, hung=False, waiting=False),
        )
    else:
        yield "hang", lambda: hang(world)
    for fault in Fault:
        if fault is Fault.NONE or world.pin:
            yield f"tick, {fault}", partial(tick, world, driver, fault)
    for days in (-1, 1):
        yield f"clock jumps {days} d", partial(jump, world, days, driver)
    if world.hung:
        return
    for name, signal, fault in _SIGNALS:
        if (fault in _AT_A_RELEASE and not world.pin) or (
            signal.kind is Kind.FIRE and not world.fire
        ):
            continue
        yield name, partial(take, world, signal, driver, fault)


def _signals() -> Iterator[Signal]:
    # Evidence from the future, fresh, at the limit, and older: a stalled camera, repeated and
    # delayed messages.
    for age in range(-1, MAX_AGE + 2):
        evidence = Instant(float(-age))
        yield Signal(Kind.GRANT, NOW, evidence)
        yield Signal(Kind.EXIT, NOW, evidence)
    for kind in Kind:
        if kind in {Kind.LINE_FAULT, Kind.LINE_RESTORED}:
            yield Signal(kind, NOW, line=InputName.CONTACT)
        elif kind not in _ELSEWHERE:
            yield Signal(kind, NOW)


def _faults(signal: Signal) -> Iterator[Fault]:
    yield Fault.NONE
    yield from _AT_A_RELEASE
    if signal.kind in {Kind.LOCK_DOWN, Kind.LIFT}:
        yield Fault.FULL_DISK
    if signal.kind in {Kind.GRANT, Kind.EXIT, Kind.FIRE}:
        yield Fault.DEAD_PIN


_AT_A_RELEASE = (Fault.STIFF_PIN, Fault.LOST_BROKER)
_SIGNALS = [
    (f"{signal.kind} of {signal.evidence}, {fault}", signal, fault)
    for signal in _signals()
    for fault in _faults(signal)
]
