"""The Peewee models say of each table what is so in the database: columns, keys, what is unique."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from peewee import BooleanField, CompositeKey, ForeignKeyField, Model

import models
from models.database import Table, is_postgresql

# How the two databases name the types of the models' fields; whole numbers have 64 bits in both.
_TYPES = {
    "AUTO": ("INTEGER", "bigint"),
    "BIGAUTO": ("INTEGER", "bigint"),
    "INT": ("INTEGER", "bigint"),
    "BIGINT": ("INTEGER", "bigint"),
    "BOOL": ("INTEGER", "boolean"),
    "TEXT": ("TEXT", "text"),
    "BLOB": ("BLOB", "bytea"),
}


def _tables(within: type[Any]) -> list[Any]:
    found = []
    for table in within.__subclasses__():
        found += [table, *_tables(table)]
    return found


def _all() -> list[Any]:
    for module in sorted(Path(models.__file__).parent.rglob("*.py")):
        dotted = module.relative_to(Path(models.__file__).parent.parent).with_suffix("")
        import_module(".".join(dotted.parts).removesuffix(".__init__"))
    found = [table for table in _tables(Table) if not table.__module__.startswith(_INDEX)]
    return sorted(found, key=lambda table: str(table.__name__))


# The search index is virtual tables and views, which have neither keys nor types.
_INDEX = "models.search"
# SQLite tells of no column that it computes.
_GENERATED = frozenset({("book", "year_key")})

TABLES = _all()
pytestmark = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)


def _name(table: type[Model]) -> str:
    name: str = table._meta.table_name
    return name


def _fields(table: Any) -> dict[str, Any]:
    fields = {field.column_name: field for field in table._meta.sorted_fields}
    return {name: fields[name] for name in fields if (_name(table), name) not in _GENERATED}


def _primary(table: Any) -> set[str]:
    """The columns of the primary key."""
    key = table._meta.primary_key
    if isinstance(key, CompositeKey):
        return {table._meta.fields[name].column_name for name in key.field_names}
    return {field.column_name for field in _fields(table).values() if field.primary_key}


def _type(field: Any) -> str:
    of_target = field.rel_field if isinstance(field, ForeignKeyField) else field
    return _TYPES[of_target.field_type][int(is_postgresql())]


def test_the_columns_are_those_of_the_table(db: Any, table: Any) -> None:
    stored = {column.name: column for column in db.get_columns(_name(table))}
    fields = _fields(table)
    assert fields.keys() <= stored.keys()
    for name, field in fields.items():
        column = stored[name]
        assert column.data_type.lower() == _type(field).lower(), name
        assert column.primary_key == (name in _primary(table)), name
        assert column.null == bool(field.null) or column.primary_key, name


def test_a_column_that_may_be_null_has_no_other_default(db: Any, table: Any) -> None:
    """Many rows are written without the columns that are NULL in all of them."""
    assert [one.name for one in db.get_columns(_name(table)) if one.null and one.default] == []


def test_the_foreign_keys_are_those_of_the_table(db: Any, table: Any) -> None:
    stored = {(key.column, key.dest_table) for key in db.get_foreign_keys(_name(table))}
    declared = {
        (field.column_name, _name(field.rel_model))
        for field in _fields(table).values()
        if isinstance(field, ForeignKeyField)
    }
    assert declared == stored


def test_what_is_unique_is_so_in_the_table(db: Any, table: Any) -> None:
    stored = {
        frozenset(index.columns)
        for index in db.get_indexes(_name(table))
        if index.unique and set(index.columns) != _primary(table)
    }
    assert _declared_unique(table) == stored


def test_a_column_of_truth_values_is_declared_so(db: Any, table: Any) -> None:
    """SQLite has no such type, and tells them by their check; PostgreSQL has."""
    if is_postgresql():
        columns = db.get_columns(_name(table))
        stored = {column.name for column in columns if column.data_type == "boolean"}
        fields = _fields(table).items()
        assert {name for name, field in fields if isinstance(field, BooleanField)} == stored


def _declared_unique(table: Any) -> set[frozenset[str]]:
    alone = {frozenset({name}) for name, field in _fields(table).items() if field.unique}
    together = set()
    for index in table._meta.fields_to_index():
        if index._unique:
            together.add(frozenset(part.column_name for part in index._expressions))
    return alone | together
