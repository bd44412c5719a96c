"""A Django app that lets a table say which columns a list has more, and settings with it.

It stands for what administrators will define: read by the registry, changed in the database.
"""

from dataclasses import replace
from importlib import import_module

from django.apps import AppConfig
from django.db import connection

CREATE = """
CREATE TABLE custom_column (record_type text, name text);
CREATE TRIGGER definitions AFTER INSERT OR UPDATE OR DELETE ON custom_column
FOR EACH STATEMENT EXECUTE FUNCTION crm_bump_stamp('definitions');
"""
DROP = "DROP TABLE IF EXISTS custom_column"


class CustomColumns(AppConfig):
    name = "tests.concurrency.crm.custom_columns"
    label = "custom_columns"
    path = __file__

    def ready(self):
        """The module is imported before there are models, which those of the registry need."""
        import_module("crm.registry.registry").registry.define(read_columns)


def read_columns():
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_type, array_agg(name) FROM custom_column GROUP BY 1")
        return {key: with_columns(names) for key, names in cursor.fetchall()}


def with_columns(names):
    column = import_module("crm.registry.declaration").Column
    columns = tuple(column(name=name) for name in names)
    return lambda declared: replace(declared, columns=(*declared.columns, *columns))
