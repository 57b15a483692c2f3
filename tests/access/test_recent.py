from support.policies import KIM, LEE, MIA

from faceidd.access.recent import MOST_PASSAGES, MOST_SHOWN, Memory, Shown
from faceidd.units import Instant


def test_a_memory_keeps_the_last_passage_of_each_person_at_each_door() -> None:
    memory = Memory({("front", KIM): Instant(1.0)})
    memory.passed("front", LEE, Instant(2.0))
    memory.passed("back", KIM, Instant(3.0))
    memory.passed("front", KIM, Instant(4.0))
    assert list(memory.passages.items()) == [
        (("front", LEE), 2.0),
        (("back", KIM), 3.0),
        (("front", KIM), 4.0),
    ]
    assert memory.recent({}, {}, lockdown=True).lockdown


def test_who_was_shown_counts_until_the_door_opened_for_anybody() -> None:
    memory = Memory()
    memory.seen(Shown(KIM, "v1", Instant(1.0)))
    memory.seen(Shown(LEE, "v2", Instant(2.0)))
    memory.seen(Shown(KIM, "v1", Instant(3.0)))
    assert [(shown.person, shown.at) for shown in memory.recent({}, {}, lockdown=False).shown] == [
        (LEE, 2.0),
        (KIM, 3.0),
    ]
    memory.passed("front", MIA, Instant(4.0))
    assert memory.recent({}, {}, lockdown=False).shown == ()


def test_a_memory_is_bounded() -> None:
    memory = Memory({("front", f"p{number}"): Instant(number) for number in range(MOST_PASSAGES)})
    memory.passed("front", KIM, Instant(1e6))
    assert len(memory.passages) == MOST_PASSAGES
    assert ("front", "p0") not in memory.passages
    for number in range(2 * MOST_SHOWN):
        memory.seen(Shown(f"p{number}", f"v{number}", Instant(number)))
    assert len(memory.recent({}, {}, lockdown=False).shown) == MOST_SHOWN
