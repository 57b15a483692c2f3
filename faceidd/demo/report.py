"""What an evening at the demo's door came to: a summary, pictures, and whether all was right."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Verdict
from faceidd.camera.frame import Image
from faceidd.daemon.watch import Look
from faceidd.demo.approach import LENGTH, SCENES, frames_of
from faceidd.demo.picture import Caption, annotate, read_video, write_contact_sheet, write_video
from faceidd.demo.subscriber import Heard
from faceidd.door.simulated import Level
from faceidd.events.event import DoorOpened, PersonRecognized, StrangerSeen
from faceidd.simulate.approach import FPS
from faceidd.units import Instant

TILES_A_SCENE = 0.6
"""Where in a scene, as a part of it, the contact sheet looks."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A time that the relay was energized."""

    on: Instant
    off: Instant


@dataclass(frozen=True, slots=True)
class Evening:
    """What was seen, done and heard.

    Attributes:
        looks: Every frame that the daemon looked at.
        levels: What the relay's pin did; the relay is energized by a high pin.
        heard: What the subscriber received.
    """

    looks: tuple[Look, ...]
    levels: tuple[Level, ...]
    heard: tuple[Heard, ...]

    @property
    def openings(self) -> tuple[Opening, ...]:
        """The times that the relay was energized."""
        found = []
        on: Instant | None = None
        for level in self.levels:
            energized = level.high and level.driven
            if energized and on is None:
                on = level.at
            elif not energized and on is not None:
                found.append(Opening(on, level.at))
                on = None
        return tuple(found)

    def faults(self, enrolled: str) -> tuple[str, ...]:
        """What was not as it must be; nothing, if the evening went well.

        Args:
            enrolled: Who is to open the door, once, and nobody else.
        """
        events = [one.event for one in self.heard]
        people = [event.name for event in events if isinstance(event, PersonRecognized)]
        strangers = sum(isinstance(event, StrangerSeen) for event in events)
        opened = sum(isinstance(event, DoorOpened) for event in events)
        checks = (
            (people == [enrolled], f"recognized {people}, not {enrolled} once"),
            (strangers == 1, f"{strangers} strangers told, not one"),
            (opened == 1, f"the door was told open {opened} times, not once"),
            (len(self.openings) == 1, f"the relay opened {len(self.openings)} times, not once"),
            (not any(look.fault for look in self.looks), "frames failed"),
        )
        return tuple(fault for holds, fault in checks if not holds)

    def summary(self) -> str:
        """Who came, when, how quickly it was decided, and what the relay did."""
        if not self.looks:
            return "no frame was looked at"
        took = [1000 * look.took for look in self.looks]
        speed = f"{statistics.median(took):.1f} ms each (median), {max(took):.1f} ms at most"
        lines = [f"{len(self.looks)} of {LENGTH} frames looked at, {speed}"]
        lines += [
            self._visit(look, outcome)
            for look in self.looks
            for outcome in look.outcomes
            if outcome.news
        ]
        start = self._start
        lines += [
            f"relay on at {opening.on - start:.2f} s, off at {opening.off - start:.2f} s"
            f" ({opening.off - opening.on:.2f} s)"
            for opening in self.openings
        ]
        return "\n".join(lines)

    def draw(self, video: Path, folder: Path) -> tuple[Path, Path]:
        """Draw the annotated video and the contact sheet.

        Args:
            video: What the camera showed.
            folder: Where the pictures go.

        Returns:
            The video's and the sheet's path.

        Raises:
            FaceiddError: A file cannot be written.
        """
        looks = {look.frame.sequence: look for look in self.looks}
        moments: dict[int, Image] = dict.fromkeys(self._moments(), np.zeros((1, 1, 3), np.uint8))

        def captioned() -> Iterator[Image]:
            for index, image in enumerate(read_video(video)):
                done = annotate(image, index, self._caption(index, looks.get(index)))
                if index in moments:
                    moments[index] = done
                yield done

        annotated, sheet = folder / "annotated.mp4", folder / "contact-sheet.png"
        write_video(captioned(), annotated)
        write_contact_sheet(moments, sheet)
        return annotated, sheet

    @property
    def _start(self) -> Instant:
        first = self.looks[0].frame
        return Instant(first.captured_at - first.sequence / FPS)

    def _visit(self, look: Look, outcome: Outcome) -> str:
        decision = outcome.decision
        first = next(
            earlier
            for earlier in self.looks
            if any(one.visit == outcome.visit for one in earlier.outcomes)
        )
        frames = look.frame.sequence - first.frame.sequence + 1
        who = decision.person.name if decision.person else "a stranger"
        value = f" ({decision.match.scale} {decision.match.value:.2f})" if decision.match else ""
        line = (
            f"{who}{value}: near enough at {first.frame.sequence / FPS:.2f} s,"
            f" decided after {frames} frames"
        )
        if decision.verdict is Verdict.GRANT and self.openings:
            delay = 1000 * (self.openings[0].on - first.frame.captured_at)
            line += f", relay on {delay:.0f} ms after the first of them was taken"
        return line

    def _caption(self, index: int, look: Look | None) -> Caption:
        now = self._start + index / FPS
        told = [one.event.type for one in self.heard if one.event is not None and one.at <= now]
        return Caption(
            outcomes=look.outcomes if look else (),
            rejected=look.rejected if look else (),
            relay_on=any(opening.on <= now < opening.off for opening in self.openings),
            told=f"told: {told[-1]}" if told else "",
        )

    def _moments(self) -> list[int]:
        """One frame of each scene, and the frames in which something was news."""
        moments, begin = set(), 0
        for scene in SCENES:
            length = frames_of(scene)
            moments.add(begin + int(TILES_A_SCENE * length))
            begin += length
        moments |= {
            look.frame.sequence for look in self.looks if any(o.news for o in look.outcomes)
        }
        return sorted(moments)
