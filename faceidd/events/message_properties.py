"""MessageProperties: what MQTT 5 says beside a message, in its bytes (MQTT 5.0, section 2.2.2).

paho's own class builds its tables anew for each message and searches them for each property: two
thirds of what an event costs to send. paho asks a message's properties for their bytes only, so
here they are made once.
"""

import struct
from collections.abc import Mapping

from paho.mqtt.properties import Properties, VariableByteIntegers

_IS_UTF8, _EXPIRY, _CONTENT_TYPE, _USER = b"\x01\x01", b"\x02", b"\x03", b"\x26"
JSON = "application/json"


class MessageProperties(Properties):
    """Properties of a PUBLISH packet, packed; nothing else can be asked of them.

    Args:
        expiry_s: How long the broker may keep the message, seconds; None is for ever.
        json: Whether it is JSON.
        user: User properties.

    Raises:
        ValueError: One of them is too long or too large.
    """

    def __init__(self, *, expiry_s: int | None, json: bool, user: Mapping[str, str]) -> None:
        parts: list[bytes] = []
        try:
            if json:
                parts.append(_IS_UTF8)
            if expiry_s is not None:
                parts.append(_EXPIRY + struct.pack("!L", expiry_s))
            if json:
                parts.append(_CONTENT_TYPE + _text(JSON))
            parts += [_USER + _text(key) + _text(value) for key, value in user.items()]
        except struct.error as error:
            raise ValueError("a property of the message is too long or too large") from error
        packed = b"".join(parts)
        length: bytes = VariableByteIntegers.encode(len(packed))  # type: ignore[no-untyped-call]  # paho's
        object.__setattr__(self, "_packed", length + packed)  # paho's own takes MQTT's names only

    def pack(self) -> bytes:
        """Their bytes, with their length before them."""
        packed: bytes = object.__getattribute__(self, "_packed")
        return packed


def _text(text: str) -> bytes:
    content = text.encode()
    return struct.pack("!H", len(content)) + content
