"""The machine-readable descriptor and the data dictionary, both made from the schemas and rules."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import dataframely as dy

from analysis.schema import plain_text
from analysis.schema.record import Record
from analysis.schema.references import REFERENCES, TABLE_RULES
from analysis.schema.tables import ROW_RULES, TABLES

LICENCE = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}


def descriptor(records: Mapping[str, Record]) -> str:
    """The Frictionless data package of `data/raw`: one Table Schema a table, as JSON text.

    Args:
        records: what to record of each table.
    """
    package = {
        "profile": "tabular-data-package",
        "name": "reported-safeguarding-inspections",
        "title": "Inspections of English local areas and what they reported on child sexual exploitation",
        "licenses": [LICENCE],
        "resources": [_resource(name, schema, records.get(name)) for name, schema in TABLES.items()],
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _resource(name: str, schema: type[dy.Schema], record: Record | None) -> dict[str, Any]:
    foreign = [
        {
            "fields": reference.column,
            "reference": {"resource": reference.targets[0][0], "fields": reference.targets[0][1]},
        }
        for reference in REFERENCES
        if reference.table == name and not reference.listed and len(reference.targets) == 1
    ]
    table_schema: dict[str, Any] = {
        "fields": [_field(column, definition) for column, definition in schema.columns().items()],
        "missingValues": [""],
        "primaryKey": schema.primary_key(),
    }
    if foreign:
        table_schema["foreignKeys"] = foreign
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "description": inspect.cleandoc(schema.__doc__ or ""),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        **({"rows": record.rows, "hash": f"sha256:{record.sha256}"} if record else {}),
        "schema": table_schema,
    }


def _field(name: str, column: dy.Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if getattr(column, "unique", False):
        constraints["unique"] = True
    if isinstance(column, dy.Enum):
        constraints["enum"] = list(column.categories)
    for key, attribute in (
        ("pattern", "regex"),
        ("minimum", "min"),
        ("maximum", "max"),
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
    ):
        value = getattr(column, attribute, None)
        if value is not None:
            constraints[key] = value.isoformat() if isinstance(value, date) else value
    field: dict[str, Any] = {"name": name, "type": _type(column), "description": column.description or ""}
    if constraints:
        field["constraints"] = constraints
    return field


def _type(column: dy.Column) -> str:
    if isinstance(column, dy.Date):
        return "date"
    return "integer" if isinstance(column, dy.Int64) else "string"


def dictionary() -> str:
    """The data dictionary as Markdown: each table's grain, columns, row rules and references, and the table rules."""
    parts = [
        "# Data dictionary\n",
        "Made from the rules in `src/analysis/schema` by `analysis describe`; do not edit it by hand. "
        "An empty cell is unknown or does not apply, never zero.\n",
        f"In every table, {plain_text.PLAIN}; {plain_text.SHORT}.\n",
        *(_table(name, schema) for name, schema in TABLES.items()),
        "## Rules on whole tables\n",
        "\n".join(f"- `{rule.name}`: {rule.statement}." for rule in TABLE_RULES) + "\n",
    ]
    return "\n".join(parts)


def _table(name: str, schema: type[dy.Schema]) -> str:
    keys = ", ".join(f"`{key}`" for key in schema.primary_key())
    grain = inspect.cleandoc(schema.__doc__ or "").replace("\n\n", "\n").replace("\n", " ")
    lines = [f"## `{name}`\n", f"{grain} Key: {keys}.\n", "| column | type | empty | meaning |", "|---|---|---|---|"]
    for column, definition in schema.columns().items():
        values = f": `{'`, `'.join(definition.categories)}`" if isinstance(definition, dy.Enum) else ""
        text = (definition.description or "").replace("|", "\\|")
        empty = "may be" if definition.nullable else "no"
        lines.append(f"| `{column}` | {_type(definition)} | {empty} | {text}{values} |")
    owners = [parent.__name__ for parent in schema.__mro__]
    rules = [rule for (owner, _), rule in ROW_RULES.items() if owner in owners]
    references = [reference for reference in REFERENCES if reference.table == name]
    if rules or references:
        lines.append("\nRules:\n")
        lines += [f"- `{rule.name}`: {rule.statement}" for rule in rules]
        lines += [f"- {reference.statement}." for reference in references]
    return "\n".join(lines) + "\n"
