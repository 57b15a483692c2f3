"""The access list of the documents, in a real broker: who may write and who may hear."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.certified_mosquitto import CertifiedMosquitto
from support.mosquitto import MosquittoUnavailableError
from support.news import forced, opened
from support.posting import Posting
from support.states import locked
from support.subscriber import Subscriber

from faceidd.errors import BrokerError
from faceidd.events.check import check
from faceidd.events.mqtt import TlsSettings
from faceidd.units import Seconds

SOON = Seconds(20.0)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[CertifiedMosquitto]:
    try:
        broker = CertifiedMosquitto(tmp_path)
    except MosquittoUnavailableError as missing:
        pytest.skip(str(missing))
    with broker:
        yield broker


def test_a_door_writes_its_own_topics_and_nobody_elses(broker: CertifiedMosquitto) -> None:
    check(broker.settings("front"), SOON)
    with pytest.raises(BrokerError, match="does not take faceidd/back/check: Not authorized"):
        check(broker.settings("front", door="back"), SOON)


def test_only_the_guard_hears_the_silent_alarm(broker: CertifiedMosquitto) -> None:
    door = Posting(broker.settings("front"))
    with (
        Subscriber(broker.settings("recorder")) as recorder,
        Subscriber(broker.settings("guard")) as guard,
    ):
        recorder.wait_status("online")
        door.show(locked())
        door.publish(forced("v1"))
        door.publish(opened("v2"))
        heard = [recorder.next().topic for _ in range(2)]
        assert guard.next().topic == "faceidd/front/alarm/duress_signaled"
        door.close()
        recorder.wait_status("offline")
    assert sorted(heard) == ["faceidd/front/event/door_opened", "faceidd/front/state/door"]


def test_who_shows_no_certificate_is_not_let_in(broker: CertifiedMosquitto) -> None:
    nobody = replace(broker.settings("front"), tls=TlsSettings(broker.ca_file))
    with pytest.raises(BrokerError):
        check(nobody, SOON)
