"""Word by word: what a rule may not write, whatever it reads. Each look sees one kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlglot import exp

from chengxin.engine import grammar


class Complaint(NamedTuple):
    """A sentence about a node of the tree."""

    node: exp.Expr
    id: str
    words: dict[str, Any]


Look = Callable[[Any], Iterator[Complaint]]


def complaints(tree: exp.Expr) -> Iterator[Complaint]:
    """This will say everything that may not stand in a rule, in order of the text."""
    for node in tree.walk():
        for kinds, look in _LOOKS:
            if isinstance(node, kinds):
                yield from look(node)


def _function(node: exp.Expr) -> Iterator[Complaint]:
    name = grammar.spelt(node)
    if name in grammar.REFUSED:
        yield Complaint(node, grammar.REFUSED[name], {"name": name})
    elif type(node) not in grammar.FUNCTIONS and not isinstance(node.parent, exp.Table):
        yield Complaint(node, "sql.function", {"name": name, "allowed": grammar.SPELT})


def _sum(node: exp.Expr) -> Iterator[Complaint]:
    around = node.parent
    while isinstance(around, (exp.Filter, exp.Window, exp.Paren, exp.Coalesce)):
        around = around.parent
    if not (isinstance(around, exp.Cast) and around.to.this == exp.DataType.Type.BIGINT):
        yield Complaint(node, "sql.sum_uncast", {"found": node.sql(dialect="duckdb")})


def _literal(node: exp.Expr) -> Iterator[Complaint]:
    if not node.args.get("is_string") and not str(node.this).isdigit():
        yield Complaint(node, "sql.float_literal", {"found": node.this})


def _cast(node: exp.Expr) -> Iterator[Complaint]:
    to: exp.DataType = node.args["to"]
    wanted = to.expressions[0] if to.this == exp.DataType.Type.LIST and to.expressions else to
    if isinstance(to.this, exp.DataType.Type) and to.this == exp.DataType.Type.ARRAY and to.expressions:
        wanted = to.expressions[0]
    if wanted.sql(dialect="duckdb") not in grammar.CASTS:
        yield Complaint(node, "sql.cast", {"kind": to.sql(dialect="duckdb").lower()})


def _star(node: exp.Expr) -> Iterator[Complaint]:
    if not isinstance(node.parent, exp.Count):
        yield Complaint(node, "sql.star", {})


def _division(node: exp.Expr) -> Iterator[Complaint]:
    yield Complaint(node, "sql.division", {"found": node.sql(dialect="duckdb")})


def _window(node: exp.Expr) -> Iterator[Complaint]:
    function, order, spec = node.this, node.args.get("order"), node.args.get("spec")
    counted = str(spec.args.get("kind") or "").upper() if spec is not None else ""
    if isinstance(function, exp.IgnoreNulls):
        function = function.this
    if counted == "GROUPS":
        yield Complaint(node, "sql.frame", {})
    if (isinstance(function, grammar.NEEDS_ORDER) or counted == "ROWS") and not (
        order and grammar.tells_apart(order)
    ):
        yield Complaint(node, "sql.tie", {"found": grammar.spelt(function)})


def _chosen(node: exp.Expr) -> Iterator[Complaint]:
    if not grammar.tells_apart(node.expression):
        yield Complaint(node, "sql.chosen", {"found": node.sql(dialect="duckdb")})


def _list(node: exp.Expr) -> Iterator[Complaint]:
    around = node.parent
    while around is not None and not isinstance(around, (exp.Select, exp.ArraySort)):
        if isinstance(around, exp.Alias) and around.alias == "because":
            return
        around = around.parent
    if isinstance(around, exp.ArraySort) or node.find(exp.Order):
        return
    yield Complaint(node, "sql.list_unordered", {"found": node.sql(dialect="duckdb")})


def _difference(node: exp.Expr) -> Iterator[Complaint]:
    if _unit(node) != "DAY":
        yield Complaint(node, "sql.month_difference", {"unit": _unit(node).lower()})


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return str(unit.name).upper().removesuffix("S") if unit is not None else "DAY"


def _part(node: exp.Expr) -> Iterator[Complaint]:
    if str(node.name).upper() not in grammar.EXTRACTS:
        yield Complaint(node, "sql.function", {"name": grammar.spelt(node), "allowed": grammar.SPELT})


def _day_of(node: exp.Expr) -> Iterator[Complaint]:
    """This will hold date_trunc and interval arithmetic to ``::date``: DuckDB makes them times of day."""
    units = grammar.SPANS if isinstance(node, exp.Interval) else grammar.TRUNCATES
    around = node.parent
    while isinstance(around, (exp.Add, exp.Sub, exp.Paren)):
        around = around.parent
    kept = isinstance(around, exp.Cast) and around.to.this == exp.DataType.Type.DATE
    if _unit(node) not in units or not kept:
        yield Complaint(node, "sql.day_cast", {"found": node.sql(dialect="duckdb")})


def _placeholder(node: exp.Expr) -> Iterator[Complaint]:
    if node.name != "as_of":
        yield Complaint(node, "sql.parameter", {"found": node.sql(dialect="duckdb")})


def _always(sentence: str) -> Look:
    """This will make a look that complains of every node it is shown."""

    def look(node: exp.Expr) -> Iterator[Complaint]:
        yield Complaint(node, sentence, {"found": node.sql(dialect="duckdb")[:60]})

    return look


def _distinct(node: exp.Expr) -> Iterator[Complaint]:
    if node.args.get("on") is not None:
        yield Complaint(node, "sql.distinct_on", {})


def _with(node: exp.Expr) -> Iterator[Complaint]:
    if node.args.get("recursive"):
        yield Complaint(node, "sql.recursive", {})


_LOOKS: tuple[tuple[tuple[type[Any], ...], Look], ...] = (
    ((exp.Func,), _function),
    ((exp.Sum, exp.Count, exp.CountIf), _sum),
    ((exp.Literal,), _literal),
    ((exp.Cast,), _cast),
    ((exp.Star,), _star),
    ((exp.Div, exp.Pow), _division),
    ((exp.Window,), _window),
    ((exp.ArgMax, exp.ArgMin), _chosen),
    ((exp.ArrayAgg,), _list),
    ((exp.DateDiff,), _difference),
    ((exp.Extract,), _part),
    ((exp.DateTrunc, exp.TimestampTrunc, exp.Interval), _day_of),
    ((exp.Placeholder, exp.Parameter), _placeholder),
    ((exp.Lambda, exp.Comprehension), _always("sql.lambda")),
    ((exp.Limit, exp.Offset, exp.Fetch), _always("sql.limit")),
    ((exp.Unnest, exp.Lateral, exp.Values, exp.Pivot, exp.TableSample), _always("sql.table_function")),
    ((exp.Bracket,), _always("sql.list_place")),
    ((exp.Distinct,), _distinct),
    ((exp.With,), _with),
)
