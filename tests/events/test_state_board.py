from support.states import camera, locked

from faceidd.door.state import State
from faceidd.events.retained import RetainedState
from faceidd.events.state_board import StateBoard


def test_who_watches_hears_what_is_so_and_what_changes() -> None:
    board = StateBoard()
    first = locked()
    board.show(first)
    heard: list[RetainedState] = []
    board.watch(heard.append)
    board.show(locked())  # says nothing new
    held, online = locked(State.HELD), camera(online=True)
    board.show(held)
    board.show(online)
    assert heard == [first, held, online]
    assert board.states == {"door": held, "camera": online}
