"""Types of columns that SQLite and PostgreSQL hold differently, and give back alike."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import UserDefinedType

from faceidd.store.address import POSTGRESQL

_HEADER_BYTES = 4
"""What `vector_send` puts before the numbers: their count, and two bytes that are unused."""


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone; given back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring it to what the database takes; SQLite knows no time zones."""
        if value is None or dialect.name == POSTGRESQL:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring what the database gave to UTC."""
        if value is None or dialect.name == POSTGRESQL:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class _PgVector(UserDefinedType[NDArray[np.float32]]):
    """pgvector's `vector` of any length; psycopg's adapter of pgvector sends it in binary."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "vector"


class VectorBytes(GenericFunction[bytes]):
    """The bytes of a vector: as they lie in SQLite, as `vector_send` gives them in PostgreSQL."""

    inherit_cache = True
    type = LargeBinary()


@compiles(VectorBytes)
def _plain(element: VectorBytes, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(VectorBytes, POSTGRESQL)
def _sent(element: VectorBytes, compiler: SQLCompiler, **options: Any) -> str:
    return f"vector_send({compiler.process(element.clauses, **options)})"


class Vector(TypeDecorator[NDArray[np.float32]]):
    """float32 (D,), of any D; every bit survives."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose pgvector's type where there is one."""
        return dialect.type_descriptor(_PgVector() if dialect.name == POSTGRESQL else LargeBinary())

    def process_bind_param(self, value: NDArray[np.float32] | None, dialect: Dialect) -> Any:
        """Bring it to what the database takes."""
        if value is None or dialect.name == POSTGRESQL:
            return value
        return value.astype("<f4").tobytes()

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Ask for its bytes: as text it would be three times as long."""
        return VectorBytes(column)


def stack_vectors(rows: list[bytes], dialect: str) -> NDArray[np.float32]:
    """Make a matrix of vectors as the database gave them.

    Args:
        rows: Their bytes, all of one length.
        dialect: Which database it was.

    Returns:
        float32 (N, D); (0, 0) of none.
    """
    if not rows:
        return np.empty((0, 0), np.float32)
    sent = dialect == POSTGRESQL
    table = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1)
    numbers = np.ascontiguousarray(table[:, _HEADER_BYTES if sent else 0 :])
    return numbers.view(">f4" if sent else "<f4").astype(np.float32)
