"""Grain ``subject``: a rule that can run for one subject alone, because no row of it knows another's.

Each SELECT over rows that have a subject keeps it, joins by it, groups by it and looks through windows of
it. Tables without one (``policy``) may be joined freely: they are the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

Said = tuple[exp.Expr, str, dict[str, Any]]
Tables = Mapping[str, Mapping[str, str]]


def complaints(tree: exp.Query, tables: Tables) -> Iterator[Said]:
    """This will say where a rule mixes subjects."""
    for scope in traverse_scope(tree):
        if isinstance(scope.expression, exp.SetOperation):
            yield from _same_place(scope.expression)
        elif isinstance(scope.expression, exp.Select) and _bearing(scope, tables):
            yield from _select(scope, scope.expression, tables)


def _select(scope: Scope, select: exp.Select, tables: Tables) -> Iterator[Said]:
    if scope.is_subquery and scope.parent is not None:
        yield from _subquery(select)
    else:
        yield from _keeps(select)
    yield from _joins(scope, select, _bearing(scope, tables))
    yield from _groups(scope, select)
    for window in _own(scope, exp.Window):
        if not any(map(_is_subject, window.args.get("partition_by") or [])):
            yield window, "sql.window_not_by_subject", {}


def _bearing(scope: Scope, tables: Tables) -> set[str]:
    """This will name the sources of a SELECT whose rows have a subject."""
    found = set()
    for name, (_, source) in scope.selected_sources.items():
        if isinstance(source, Scope):
            columns = set(getattr(source.expression, "named_selects", []))
        else:
            columns = set(tables.get(source.name, {}))
        if "subject" in columns:
            found.add(name)
    return found


def _is_subject(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Column) and node.name == "subject"


def _keeps(select: exp.Select) -> Iterator[Said]:
    """This will hold a SELECT to giving ``subject``, and giving it as it found it."""
    for given in select.expressions:
        if given.alias_or_name == "subject":
            inner = given.unalias()
            parts = [inner.this, *inner.expressions] if isinstance(inner, exp.Coalesce) else [inner]
            if not all(map(_is_subject, parts)):
                yield given, "sql.subject_made", {"found": given.sql(dialect="duckdb")}
            return
    yield select, "sql.subject_lost", {}


def _same_place(union: exp.SetOperation) -> Iterator[Said]:
    """This will hold the branches of a union to one place for ``subject``, since they are joined by place."""
    places = {names.index("subject") for names in _branches(union) if "subject" in names}
    if len(places) > 1:
        yield union, "sql.subject_made", {"found": "union"}


def _branches(query: exp.Expr) -> Iterator[list[str]]:
    if isinstance(query, exp.SetOperation):
        yield from _branches(query.left)
        yield from _branches(query.right)
    elif isinstance(query, exp.Query):
        yield query.named_selects


def _joins(scope: Scope, select: exp.Select, bearing: set[str]) -> Iterator[Said]:
    origin = select.args.get("from_") or select.args.get("from")
    seen = origin is not None and origin.this.alias_or_name in bearing
    for join in select.args.get("joins") or []:
        name = join.this.alias_or_name
        if name in bearing:
            if seen and not _by_subject(join):
                yield join, "sql.join_not_by_subject", {"table": name}
            seen = True


def _by_subject(join: exp.Join) -> bool:
    if any(each.name == "subject" for each in join.args.get("using") or []):
        return True
    return _has_equal_subjects(join.args.get("on"))


def _has_equal_subjects(condition: exp.Expr | None) -> bool:
    if condition is None:
        return False
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return any(
        isinstance(part, exp.EQ)
        and _is_subject(part.this)
        and _is_subject(part.expression)
        and part.this.args.get("table") != part.expression.args.get("table")
        for part in parts
    )


def _groups(scope: Scope, select: exp.Select) -> Iterator[Said]:
    group = select.args.get("group")
    if group is None:
        if any(
            not isinstance(each.parent, (exp.Window, exp.IgnoreNulls)) for each in _plain_aggregates(scope)
        ):
            yield select, "sql.group_not_by_subject", {}
        return
    keys = [_positional(select, each) for each in group.expressions]
    if not group.args.get("all") and not any(map(_is_subject, keys)):
        yield group, "sql.group_not_by_subject", {}


def _plain_aggregates(scope: Scope) -> Iterator[exp.Expr]:
    """This will find the aggregates of a SELECT that are not the function of a window."""
    for each in _own(scope, exp.AggFunc):
        around = each.parent
        while isinstance(around, (exp.Filter, exp.IgnoreNulls, exp.Paren)):
            around = around.parent
        if not isinstance(around, exp.Window):
            yield each


def _positional(select: exp.Select, key: exp.Expr) -> exp.Expr:
    if isinstance(key, exp.Literal) and str(key.this).isdigit():
        place = int(str(key.this)) - 1
        if place < len(select.expressions):
            named: exp.Expr = select.expressions[place].unalias()
            return named
    return key


def _own(scope: Scope, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """This will find nodes of a SELECT itself, not of the SELECTs inside it."""
    yield from scope.find_all(kind)


def _subquery(select: exp.Select) -> Iterator[Said]:
    """This will let in ``subject in (select subject …)`` and ``exists (… where a.subject = b.subject)``."""
    around = select.parent
    while isinstance(around, (exp.Subquery, exp.Paren)):
        around = around.parent
    if isinstance(around, exp.In):
        given = [each.unalias() for each in select.expressions]
        alone = len(given) == 1 and _is_subject(given[0]) and _is_subject(around.this)
    else:
        where = select.args.get("where")
        alone = isinstance(around, exp.Exists) and where is not None and _has_equal_subjects(where.this)
    if not alone:
        yield select, "sql.subquery_not_by_subject", {}
