import copy

from faceidd.errors import BrokerError


def test_an_error_is_the_same_in_another_process() -> None:
    error = BrokerError("the broker is away", do="start it")
    again = copy.copy(error)  # as on the way there
    assert (type(again), again.what, again.do) == (BrokerError, error.what, error.do)
    assert str(again) == str(error)
