"""Many rows in one statement, and many values in one parameter.

SQLAlchemy prepares each value of each row, and each value of an ``IN`` list, by itself: for a page of records that takes as long
as the database does. Here a column is converted at once by the same types, and a list of values is one parameter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Table, Text, TypeDecorator, any_, bindparam, func, insert, select


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add *rows*, all with values for the same columns; none is no error."""
    if not rows:
        return
    names = list(rows[0])
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=names)
    columns = [_converted(connection, table.c[name], [row[name] for row in rows]) for name in compiled.positiontup or names]
    if compiled.positional:
        connection.exec_driver_sql(compiled.string, list(zip(*columns, strict=True)))
    else:
        connection.exec_driver_sql(compiled.string, [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)])


def among(connection: Connection, column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether *column* holds one of *values*, however many."""
    known = _converted(connection, column, list(values))
    if connection.dialect.name == "postgresql":
        kept_as = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        return column == any_(bindparam(None, known, type_=ARRAY(kept_as)))
    listed = func.json_each(bindparam(None, json.dumps(known), type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value))


def _converted(connection: Connection, column: Column[Any], values: list[Any]) -> list[Any]:
    convert = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return values if convert is None else list(map(convert, values))
