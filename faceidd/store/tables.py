"""The tables of the store, the same in SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from faceidd.gallery.gallery import MOST_LETTERS
from faceidd.store.columns import Moment, Vector

SCHEMA = 2
"""Version of these tables; a store of another is refused."""

metadata = MetaData()
_NAME = String(MOST_LETTERS)
_HEX = String(64)


def _person(name: str = "person_id") -> Column[str]:
    key = ForeignKey("faceidd_people.id", ondelete="CASCADE")
    return Column(name, _NAME, key, primary_key=True)


about = Table(
    "faceidd_store",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
)

people = Table(
    "faceidd_people",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("valid_from", Moment),
    Column("expires_at", Moment),
    Column("consent_by", _NAME),
    Column("consent_at", Moment),
    Column("consent_text", _NAME),
)

memberships = Table(
    "faceidd_memberships",
    metadata,
    _person(),
    Column("group_name", _NAME, primary_key=True, index=True),
)

models = Table(
    "faceidd_models",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("detector", _NAME, nullable=False),
    Column("dimension", Integer, nullable=False),
)

templates = Table(
    "faceidd_templates",
    metadata,
    Column("model_id", _NAME, ForeignKey("faceidd_models.id"), primary_key=True),
    _person(),
    Column("place", Integer, primary_key=True, autoincrement=False),  # among a person's own
    Column("vector", Vector, nullable=False),
    Column("norm", Double, nullable=False),
    Column("photos", BigInteger, nullable=False),
)

enrollments = Table(
    "faceidd_enrollments",
    metadata,
    _person(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),  # JSON, as the report on the enrollment has it
)

allowances = Table(
    "faceidd_allowances",
    metadata,
    _person("one_id"),  # the ids in order
    _person("other_id"),
    Column("model_id", _NAME, primary_key=True),
    Column("similarity", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", _NAME, nullable=False),
    Column("at", Moment, nullable=False),
)

doors = Table(
    "faceidd_doors",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("site", _NAME, nullable=False),
    Column("recipient", _NAME, nullable=False, unique=True),
    Column("model_id", _HEX, nullable=False),
    Column("model_name", _NAME, nullable=False),
    Column("signing_key", _NAME, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

door_groups = Table(
    "faceidd_door_groups",
    metadata,
    Column("door_id", _NAME, primary_key=True),
    Column("group_name", _NAME, primary_key=True),
    ForeignKeyConstraint(["door_id"], ["faceidd_doors.id"], ondelete="CASCADE"),
)

revoked_keys = Table(
    "faceidd_revoked_keys",
    metadata,
    Column("fingerprint", _HEX, primary_key=True),
    Column("door_id", _NAME, nullable=False),  # which may be gone, or have another key
    Column("revoked_at", Moment, nullable=False),
)

publications = Table(
    "faceidd_publications",
    metadata,
    Column("edition", _HEX, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sha256", _HEX, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("model_id", _NAME, nullable=False),
    Column("people", Integer, nullable=False),
)
