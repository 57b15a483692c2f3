"""A relay over gpiozero's output device, for any of its pin factories.

The factory is always handed over: gpiozero's global default would pick a driver silently, and
shut it down at a moment of its own.
"""

from collections.abc import Callable

from gpiozero import OutputDevice
from gpiozero.exc import PinInvalidPin
from gpiozero.pins import Factory

from faceidd.door.relay import RelaySettings
from faceidd.errors import DoorError


class GpioRelay:
    """One coil on one pin. Owns the factory and closes it.

    Args:
        factory: Makes the pin; its pin class must set the level before the direction.
        settings: Which pin, and its polarity.

    Raises:
        DoorError: There is no such pin, or it cannot be driven. The factory is closed.
    """

    def __init__(self, factory: Factory, settings: RelaySettings) -> None:
        self._factory = factory
        self._name = settings.pin
        self._closed = False
        try:
            self._device = OutputDevice(
                settings.pin,
                active_high=settings.active_high,
                initial_value=False,
                pin_factory=factory,
            )
        except Exception as error:
            factory.close()
            raise _unusable(settings.pin, error) from error

    @property
    def energized(self) -> bool:
        """Whether the pin is at the energized level now.

        Raises:
            DoorError: The pin cannot be read.
        """
        if self._closed:
            return False
        try:
            return bool(self._device.value)
        except Exception as error:
            raise _undriven(self._name, error) from error

    def energize(self) -> None:
        """Let current through the coil.

        Raises:
            DoorError: The pin cannot be driven, or the relay is closed.
        """
        if self._closed:
            raise DoorError(f"the relay on {self._name} is closed", do="open it again")
        self._drive(self._device.on)

    def release(self) -> None:
        """Take the current from the coil. Does nothing to a closed relay: it is released.

        Raises:
            DoorError: The pin cannot be driven.
        """
        if not self._closed:
            self._drive(self._device.off)

    def close(self) -> None:
        """Release the coil and give the pin back. May be called again.

        Raises:
            DoorError: A step failed; all the others were still taken.
        """
        if self._closed:
            return
        self._closed = True
        faults: list[Exception] = []
        for step in (self._device.off, self._device.close, self._factory.close):
            try:
                step()
            except Exception as error:
                faults.append(error)
        if faults:
            raise _undriven(self._name, faults[0]) from faults[0]

    def _drive(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            raise _undriven(self._name, error) from error


def _unusable(pin: str, error: Exception) -> DoorError:
    if isinstance(error, PinInvalidPin):
        return DoorError(
            f"door.pin {pin} is no GPIO pin of this board", do="name one as `pinout` shows it"
        )
    return _undriven(pin, error)


def _undriven(pin: str, error: Exception) -> DoorError:
    return DoorError(
        f"the relay's pin {pin} cannot be driven: {error}",
        do="check with `gpioinfo` that no other program holds it, then start again",
    )
