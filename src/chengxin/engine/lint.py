"""What keeps a rule whole-numbered, explainable and the same on every engine, said before it runs.

Names and types are asked of DuckDB itself, over tables without rows; the rest is read from the tree.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from chengxin.core.errors import DeclarationError
from chengxin.engine import by_subject, duck, grammar, rows, syntax, views
from chengxin.engine.syntax import Complaint
from chengxin.policy.problems import Complaints, Mark, Problem

Tables = Mapping[str, Mapping[str, str]]
GRAINS = ("subject", "population")
_GRAIN = re.compile(r"^--\s*grain:\s*(\S+)", re.MULTILINE)
_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)


def grain_of(sql: str) -> str | None:
    """This will read the grain a rule declares in its header: ``-- grain: subject``."""
    found = _GRAIN.search(sql)
    return found[1] if found else None


def lint(sql: str, tables: Tables, grain: str | None = None, *, file: str = "") -> list[Problem]:
    """This will say everything that is wrong with a rule, in order of line; nothing, if it may run.

    ``tables`` are those the rule may read, ``{name: {column: DuckDB type}}``; ``policy`` is always there.
    ``grain`` is the program's word, if the rule's own header does not say it.
    """
    declared = grain_of(sql) or grain
    known: Tables = {"policy": views.POLICY, **tables}
    found = Complaints()
    try:
        tree = _tree(sql)
        for node, sentence, words in _said(tree, known, declared):
            found(Mark(file, grammar.line_of(node)), sentence, **words)
        if declared not in GRAINS:
            found(Mark(file, 1), "sql.grain", grain=declared)
        shape(sql, known)
    except DeclarationError as error:
        words = {key: word for key, word in error.words.items() if key not in ("file", "line")}
        found(Mark(file, int(error.words.get("line") or 1)), error.id, **words)
    return found.in_order()


def _said(tree: exp.Query, tables: Tables, grain: str | None) -> Iterator[Complaint]:
    yield from _tables(tree, tables)
    yield from _typed(tree, tables)
    yield from syntax.complaints(tree)
    if grain == "subject":
        yield from (Complaint(*each) for each in by_subject.complaints(tree, tables))


def reads(sql: str) -> set[str]:
    """This will name the tables a rule reads, its own CTEs apart."""
    tree = _tree(sql)
    own = _own_names(tree)
    return {table.name for table in tree.find_all(exp.Table) if table.name and table.name not in own}


def shape(sql: str, tables: Tables) -> dict[str, str]:
    """This will say which columns a rule gives, ``{name: DuckDB type}``, by asking DuckDB over empty tables.

    Raises ``DeclarationError`` for an unknown name, or a column that is not of whole numbers.
    """
    connection = duck.connect(temp=Path(tempfile.gettempdir()), memory="256MB", threads=1)
    try:
        views.empty(connection, {"policy": views.POLICY, **tables})
        duck.lock(connection)
        return dict(rows.columns_of(connection, sql.replace("$as_of", "DATE '2000-01-01'")))
    except duckdb.Error as error:
        said = str(error)
        line = _LINE.search(said)
        short = said.split("\n\nLINE", 1)[0].replace("\n", " ")
        raise DeclarationError(
            "sql.unbound", said=short, line=int(line[1]) if line else 1, file=""
        ) from error
    finally:
        connection.close()


def _tree(sql: str) -> exp.Query:
    try:
        statements = [each for each in sqlglot.parse(sql, dialect="duckdb") if each is not None]
    except (ParseError, TokenError) as error:
        details = getattr(error, "errors", None) or [{}]
        line = details[0].get("line") or 1
        said = details[0].get("description") or str(error).split("\n", 1)[0]
        raise DeclarationError("sql.unparsable", said=said, line=line, file="sql") from error
    if len(statements) != 1 or not isinstance(statements[0], (exp.Select, exp.SetOperation)):
        raise DeclarationError("sql.not_one_select", found=len(statements), line=1, file="sql")
    return statements[0]


def _own_names(tree: exp.Query) -> set[str]:
    return {each.alias for each in tree.find_all(exp.CTE)}


def _tables(tree: exp.Query, tables: Tables) -> Iterator[Complaint]:
    known = set(tables) | _own_names(tree)
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db:
            yield Complaint(table, "sql.table_function", {"found": table.sql(dialect="duckdb")})
        elif table.name not in known:
            words = {"table": table.name, "known": ", ".join(sorted(tables))}
            yield Complaint(table, "sql.unknown_table", words)


def _typed(tree: exp.Query, tables: Tables) -> Iterator[Complaint]:
    """This will find what Spark reads otherwise by its type: a day less a day, the length of a list."""
    try:
        typed = qualify(tree.copy(), schema=_schema(tables), dialect="duckdb", quote_identifiers=False)
        typed = annotate_types(typed, schema=_schema(tables), dialect="duckdb")
    except OptimizeError:
        return  # an unknown column: DuckDB says so, with its line
    for node in typed.find_all(exp.Sub, exp.Add):
        if _is_day(node.this) and not isinstance(node.expression, exp.Interval):
            yield Complaint(node, "sql.day_arithmetic", {"found": node.sql(dialect="duckdb")})
    for measured in typed.find_all(exp.Length):
        if measured.this.is_type(exp.DataType.Type.LIST, exp.DataType.Type.ARRAY):
            yield Complaint(measured, "sql.list_length", {"found": measured.sql(dialect="duckdb")})


def _schema(tables: Tables) -> dict[str, object]:
    return {name: dict(columns) for name, columns in tables.items()}


def _is_day(node: exp.Expr) -> bool:
    return node.type is not None and node.type.this == exp.DataType.Type.DATE
