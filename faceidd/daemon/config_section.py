"""Section: how strictly a part of the configuration is taken, and the kinds of its values.

Nothing is converted: `"3"` is no number and `yes` no truth value. A mistake at a door is to be
told, not guessed at.
"""

from pathlib import Path
from typing import Annotated, Any, TypedDict

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

CREDENTIALS = "$CREDENTIALS_DIRECTORY"
"""A path may begin with this variable, and no other: systemd puts a service's secrets there."""


class Surroundings(TypedDict):
    """Where a configuration is read: pydantic's validation context."""

    folder: Path
    """Relative paths start here."""
    credentials: str | None
    """What `$CREDENTIALS_DIRECTORY` stands for; where it is None the variable is left in place."""


class Section(BaseModel):
    """A part of the configuration: frozen, without unknown keys, every attribute documented."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,  # so that a check between two keys also sees an unset one
        hide_input_in_errors=True,
    )


def matching(pattern: str, allowed: str) -> Any:
    """A pydantic field for text of a pattern, and what it allows in an admin's words."""
    return Field(pattern=pattern, json_schema_extra={"allowed": allowed})


def resolved(text: str, info: ValidationInfo) -> str:
    """Let a relative path start at the folder, or at systemd's credentials, of its surroundings.

    Without a validation context it is left as it is.
    """
    surroundings: Surroundings | None = info.context
    if surroundings is None:
        return text
    if text.startswith(f"{CREDENTIALS}/"):
        return text.replace(CREDENTIALS, surroundings["credentials"] or CREDENTIALS, 1)
    return str(surroundings["folder"] / text)


def _path(value: object) -> object:
    # Strict validation takes no text for a path; what is no text is left for it to refuse.
    return Path(value) if isinstance(value, str) and value else value


def _resolved_path(path: Path, info: ValidationInfo) -> Path:
    return Path(resolved(str(path), info))


PackName = Annotated[
    str,
    matching(r"^[a-z0-9][a-z0-9_-]{0,63}$", "a name of small letters, digits, '_' and '-'"),
]
"""Name of a model pack or of one of its variants; never a path."""

ConfigPath = Annotated[Path, AfterValidator(_resolved_path), BeforeValidator(_path)]
"""A path; a relative one starts at the configuration file's folder."""
