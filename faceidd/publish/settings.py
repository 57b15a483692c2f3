"""Settings: how long metadata holds, and what is kept of old versions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faceidd.errors import PublishError

RoleName = Literal["root", "targets", "snapshot", "timestamp"]
ROLES: tuple[RoleName, ...] = ("root", "targets", "snapshot", "timestamp")
"""The top-level roles of TUF; whoever comes first vouches for whoever comes later."""
ONLINE: tuple[RoleName, ...] = ("snapshot", "timestamp")
"""Roles whose key lies on the machine that renews them."""

_Days = Annotated[int, Field(ge=1, le=3650)]


class Days(BaseModel):
    """For how many days what a role signs holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    root: _Days = 365
    targets: _Days = 90
    snapshot: _Days = 7
    timestamp: _Days = 2

    def of(self, role: RoleName) -> timedelta:
        """The time that a role's metadata holds."""
        return timedelta(days=getattr(self, role))


class Settings(BaseModel):
    """What an organization decides of its publications."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)
    schema_: Annotated[Literal["faceidd.publish/1"], Field(alias="schema")] = "faceidd.publish/1"
    days: Days = Days()
    deltas: Annotated[int, Field(ge=0, le=50)] = 5
    """Earlier versions of an edition that there is a delta from."""
    sites: tuple[str, ...] = ()
    """Sites whose doors are published for; none is all. A large fleet is divided among folders."""
    packs: bool = False
    """Whether the packs of the doors' models are published too."""
    grace_hours: Annotated[int, Field(ge=0, le=24 * 365)] = 48
    """For how long files that nothing names any more are still served: for doors that are in the
    middle of a sync, and caches that still hold the timestamp before."""

    def expiry(self, role: RoleName, now: datetime) -> datetime:
        """Until when what a role signs now holds."""
        return now.replace(microsecond=0) + self.days.of(role)

    def is_due(self, role: RoleName, expires: datetime, now: datetime) -> bool:
        """Whether a role's metadata should be renewed: half of its time is over."""
        return expires - now < self.days.of(role) / 2

    def is_late(self, role: RoleName, expires: datetime, now: datetime) -> bool:
        """Whether somebody should have renewed it: less than a quarter of its time is left."""
        return expires - now < self.days.of(role) / 4

    def with_days(self, days: Mapping[RoleName, int]) -> "Settings":
        """The settings with another time for some roles.

        Args:
            days: Role -> for how many days what it signs holds.

        Raises:
            PublishError: A number is out of bounds.
        """
        try:
            changed = Days.model_validate({**self.days.model_dump(), **days})
        except ValidationError as error:
            raise PublishError(
                "metadata cannot hold for so many days", do="name 1 to 3650 days for a role"
            ) from error
        return self.model_copy(update={"days": changed})
