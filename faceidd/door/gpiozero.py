"""A relay over gpiozero's output device and a line over its input device, for any pin factory.

The factory is always handed over: gpiozero's global default would pick a driver silently, and
shut it down at a moment of its own.
"""

from collections.abc import Callable

from gpiozero import InputDevice, OutputDevice
from gpiozero.exc import PinInvalidPin
from gpiozero.pins import Factory

from faceidd.door.line import LineSettings
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


class GpioLine:
    """One input. Owns the factory and closes it.

    Args:
        factory: Makes the pin.
        settings: Which pin, its polarity and its pull.

    Raises:
        DoorError: There is no such pin, or it cannot be listened to. The factory is closed.
    """

    def __init__(self, factory: Factory, settings: LineSettings) -> None:
        self._factory = factory
        self._name = settings.pin
        self._active_high = settings.active_high
        self._closed = False
        try:
            self._device = InputDevice(
                settings.pin,
                # Not pulled at first: gpiozero would take the pull for the polarity.
                pull_up=None,
                active_state=settings.active_high,
                pin_factory=factory,
            )
            self._device.pin.pull = _PULLS[settings.pull]
        except Exception as error:
            factory.close()
            raise _unusable(settings.pin, error) from error

    @property
    def active(self) -> bool:
        """Whether the line says what it is there for.

        Raises:
            DoorError: It cannot be read.
        """
        try:
            return bool(self._device.pin.state) == self._active_high
        except Exception as error:
            raise _undriven(self._name, error) from error

    def close(self) -> None:
        """Give the pin back. May be called again.

        Raises:
            DoorError: It cannot be given back.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._device.close()
            self._factory.close()
        except Exception as error:
            raise _undriven(self._name, error) from error


_PULLS = {"up": "up", "down": "down", "none": "floating"}


def no_such_pin(pin: str) -> DoorError:
    """What is told of a pin that is none."""
    return DoorError(
        f"{pin} is no GPIO pin of this board",
        do="name one as `pinout` shows it, or a line as `gpioinfo` shows it",
    )


def _unusable(pin: str, error: Exception) -> DoorError:
    if isinstance(error, PinInvalidPin):
        return no_such_pin(pin)
    return _undriven(pin, error)


def _undriven(pin: str, error: Exception) -> DoorError:
    return DoorError(
        f"the pin {pin} cannot be driven: {error}",
        do="check with `gpioinfo` that no other program holds it, then start again",
    )
