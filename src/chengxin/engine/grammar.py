"""The SQL a rule may be written in: what DuckDB and Spark understand alike, over whole numbers.

Each refused word has its own sentence, because what to write instead differs.
"""

from __future__ import annotations

from sqlglot import exp

FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    {
        # of many rows
        *(exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr),
        *(exp.ArrayAgg, exp.ArgMax, exp.ArgMin),
        # of a window
        *(exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue),
        # of values
        *(exp.And, exp.Or, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Abs),
        *(exp.Cast, exp.TryCast, exp.Exists, exp.Mod),
        # of texts
        *(exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.Left, exp.Right, exp.Replace),
        *(exp.StartsWith, exp.EndsWith, exp.Contains, exp.SplitPart, exp.StrPosition, exp.Pad),
        # of days
        *(exp.Year, exp.Quarter, exp.Month, exp.Day, exp.Extract, exp.DateFromParts, exp.LastDay),
        *(exp.DateDiff, exp.DateTrunc, exp.TimestampTrunc),
        # of lists
        *(exp.Array, exp.ArrayConcat, exp.ArrayDistinct, exp.ArraySort, exp.Flatten),
        *(exp.ArraySize, exp.ArrayContains),
    }
)
"""What a rule may call, as sqlglot reads it."""

SPELT = (
    "count sum min max bool_and bool_or list max_by min_by · row_number rank dense_rank lag lead first_value "
    "last_value · coalesce nullif greatest least abs if case · lower upper trim length substring left right "
    "replace starts_with ends_with contains split_part strpos lpad · year quarter month day make_date "
    "last_day date_diff('day') date_trunc · list_concat list_distinct list_sort flatten array_length list_contains"
)
"""The same, as people write it, for the hint."""

REFUSED: dict[str, str] = {
    **dict.fromkeys(("avg", "mean", "median", "quantile", "quantile_cont", "quantile_disc"), "sql.average"),
    **dict.fromkeys(
        ("stddev", "stddev_samp", "stddev_pop", "variance", "var_pop", "var_samp"), "sql.average"
    ),
    **dict.fromkeys(("ln", "log", "log2", "log10", "exp", "pow", "power", "sqrt", "cbrt"), "sql.logarithm"),
    **dict.fromkeys(("round", "floor", "ceil", "ceiling", "trunc"), "sql.rounding"),
    **dict.fromkeys(
        ("now", "today", "current_date", "current_timestamp", "get_current_timestamp"), "sql.clock"
    ),
    **dict.fromkeys(("current_time", "localtime", "localtimestamp", "transaction_timestamp"), "sql.clock"),
    **dict.fromkeys(("random", "rand", "uuid", "gen_random_uuid", "setseed"), "sql.chance"),
    **dict.fromkeys(
        ("any_value", "first", "last", "arbitrary", "mode", "string_agg", "listagg"), "sql.unordered"
    ),
    "group_concat": "sql.unordered",
    "concat": "sql.concat",
}
"""Refused by a sentence of their own; anything else not allowed says what is."""

CASTS = frozenset({"BIGINT", "VARCHAR", "TEXT", "DATE", "BOOLEAN"})
EXTRACTS = frozenset({"YEAR", "QUARTER", "MONTH", "DAY"})
TRUNCATES = frozenset({"YEAR", "QUARTER", "MONTH"})
SPANS = frozenset({"DAY", "WEEK", "MONTH", "YEAR"})
NEEDS_ORDER = (exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)
"""Where two rows that tie would make the answer a matter of luck."""

TELLS_APART = ("record", "subject", "region", "depth")
"""Columns that tell rows apart, alone or as the end of a name (``account_record``)."""


def spelt(node: exp.Expr) -> str:
    """This will name a function as people write it."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    written = node.sql(dialect="duckdb")
    return written.split("(", 1)[0].strip().lower()


def line_of(node: exp.Expr) -> int:
    """This will find the line a node stands on: its own, else its first part's, else its parent's."""
    for part in node.walk():
        if "line" in part.meta:
            return int(part.meta["line"])
    return line_of(node.parent) if node.parent is not None else 0


def tells_apart(node: exp.Expr) -> bool:
    """This will say whether an ordering mentions a column no two rows of interest share."""
    return any(
        column.name in TELLS_APART or column.name.endswith(("_record", "_subject"))
        for column in node.find_all(exp.Column)
    )
