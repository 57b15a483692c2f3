"""Properties of messages have the bytes that paho gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from faceidd.events.message_properties import JSON, MessageProperties

TEXTS = st.text(max_size=200)


@given(st.none() | st.integers(0, 2**32 - 1), st.booleans(), st.dictionaries(TEXTS, TEXTS))
def test_they_are_as_paho_packs_them(
    expiry_s: int | None, json: bool, user: dict[str, str]
) -> None:
    theirs = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
    if expiry_s is not None:
        theirs.MessageExpiryInterval = expiry_s
    if json:
        theirs.PayloadFormatIndicator = 1
        theirs.ContentType = JSON
    if user:
        theirs.UserProperty = list(user.items())
    ours = MessageProperties(expiry_s=expiry_s, json=json, user=user)
    assert ours.pack() == theirs.pack()  # type: ignore[no-untyped-call]  # paho's


@pytest.mark.parametrize(
    ("expiry_s", "user"),
    [
        (-1, {}),
        (2**32, {}),
        (1, {"trace": "x" * 65536}),
        (1, {"x" * 65536: ""}),
        (1, {"a": "\ud800"}),
    ],
)
def test_what_cannot_be_said_is_refused(expiry_s: int, user: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is what callers rely on
        MessageProperties(expiry_s=expiry_s, json=True, user=user)
