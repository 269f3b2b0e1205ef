"""Each refusal of the linter, by its sentence; and what it lets in."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import ErrorLevel

from chengxin.core.errors import sentences
from chengxin.engine.lint import grain_of, lint, reads, shape

ITEM = {
    "subject": "BIGINT",
    "record": "BIGINT",
    "told": "DATE",
    "agency": "VARCHAR",
    "region": "VARCHAR",
    "amount": "BIGINT",
    "decided_on": "DATE",
    "kind": "VARCHAR",
}
TABLES = {"penalty": ITEM, "permit": ITEM}

REFUSED = {
    "sql.unparsable": ["select subject, from (", "select 'open"],
    "sql.not_one_select": ["delete from penalty", "select 1; select 2", "", "create table x as select 1"],
    "sql.unbound": ["select subject, nosuch, [record] as because from penalty"],
    "sql.unknown_table": ["select subject, [record] as because from secret"],
    "sql.table_function": [
        "select subject, because from read_parquet('x')",
        "select subject, [record] as because from other.penalty",
        "select subject, because from (values (1, [1])) as v(subject, because)",
        "select subject, [record] as because from penalty tablesample 3 rows",
    ],
    "sql.function": [
        "select unnest([1]) as subject, [1] as because",
        "select subject, hash(kind) as h, [record] as because from penalty",
        "select subject, regexp_matches(kind, 'a') as m, [record] as because from penalty",
        "select subject, extract(week from decided_on) as w, [record] as because from penalty",
        "select subject, strftime(decided_on, '%Y') as y, [record] as because from penalty",
    ],
    "sql.average": [
        "select subject, avg(amount) as x, list(record) as because from penalty group by subject",
        "select subject, median(amount) as x, list(record) as because from penalty group by subject",
        "select subject, stddev(amount) as x, list(record) as because from penalty group by subject",
    ],
    "sql.logarithm": [
        "select subject, ln(amount) as x, [record] as because from penalty",
        "select subject, exp(amount) as x, [record] as because from penalty",
        "select subject, sqrt(amount) as x, [record] as because from penalty",
    ],
    "sql.rounding": ["select subject, round(amount) as x, [record] as because from penalty"],
    "sql.clock": [
        "select subject, [record] as because from penalty where decided_on < current_date",
        "select subject, [record] as because from penalty where decided_on < now()::date",
        "select subject, [record] as because from penalty where decided_on < today()",
    ],
    "sql.chance": ["select subject, [record] as because from penalty where random() > 0"],
    "sql.unordered": [
        "select subject, any_value(kind) as k, list(record) as because from penalty group by subject",
        "select subject, first(kind) as k, list(record) as because from penalty group by subject",
        "select subject, string_agg(kind, ',') as k, list(record) as because from penalty group by subject",
    ],
    "sql.concat": ["select subject, concat(kind, 'x') as k, [record] as because from penalty"],
    "sql.sum_uncast": [
        "select subject, sum(amount) as s, list(record) as because from penalty group by subject",
        "select subject, count(*) as n, list(record) as because from penalty group by subject",
        "select subject, sum(amount)::bigint as s, sum(amount) over (partition by subject) as"
        " t, [1] as because"
        " from penalty group by subject, amount",
    ],
    "sql.float_literal": [
        "select subject, amount * 1.5 as x, [record] as because from penalty",
        "select subject, 1e3 as x, [record] as because from penalty",
    ],
    "sql.division": ["select subject, amount / 2 as x, [record] as because from penalty"],
    "sql.cast": [
        "select subject, amount::decimal(10, 2) as x, [record] as because from penalty",
        "select subject, amount::double as x, [record] as because from penalty",
        "select subject, try_cast(kind as float) as x, [record] as because from penalty",
        "select subject, amount::int as x, [record] as because from penalty",
    ],
    "sql.star": [
        "select *, [record] as because from penalty",
        "select penalty.*, [record] as because from penalty",
        "select columns(*) from penalty",
    ],
    "sql.lambda": [
        "select subject, list_filter([record], lambda x: x > 1) as because from penalty",
        "select subject, [x for x in [record]] as because from penalty",
    ],
    "sql.tie": [
        "select subject, row_number() over (partition by subject order by decided_on) as n,"
        " [record] as because"
        " from penalty",
        "select subject, lag(kind) over (partition by subject) as n, [record] as because from penalty",
        "select subject, sum(amount) over (partition by subject order by decided_on rows between unbounded"
        " preceding and current row)::bigint as n, [record] as because from penalty",
    ],
    "sql.chosen": [
        "select subject, arg_max(kind, amount) as k, list(record) as because from penalty group by subject"
    ],
    "sql.list_unordered": [
        "select subject, list(kind) as kinds, list(record) as because from penalty group by subject"
    ],
    "sql.list_place": [
        "select subject, list_sort(list(kind))[1] as k, list(record) as because from penalty group by subject"
    ],
    "sql.list_length": [
        "with k as (select subject, list(record) as because from penalty group by subject)"
        " select subject, len(because) as n, because from k"
    ],
    "sql.frame": [
        "select subject, max(amount) over (partition by subject order by record groups"
        " between 1 preceding and"
        " current row) as n, [record] as because from penalty"
    ],
    "sql.month_difference": [
        "select subject, date_diff('month', decided_on, $as_of) as m, [record] as because from penalty",
        "select subject, datediff('year', decided_on, $as_of) as m, [record] as because from penalty",
    ],
    "sql.day_cast": [
        "select subject, [record] as because from penalty where decided_on + interval 1 month < $as_of",
        "select subject, [record] as because from penalty where date_trunc('month', decided_on) < $as_of",
        "select subject, [record] as because from penalty where (decided_on + interval 3"
        " hour)::date < $as_of",
    ],
    "sql.day_arithmetic": [
        "select subject, decided_on - told as d, [record] as because from penalty",
        "select subject, decided_on + 30 as d, [record] as because from penalty",
    ],
    "sql.parameter": ["select subject, [record] as because from penalty where amount > $limit"],
    "sql.limit": ["select subject, [record] as because from penalty order by record limit 3"],
    "sql.distinct_on": ["select distinct on (subject) subject, [record] as because from penalty"],
    "sql.recursive": [
        "with recursive t as (select subject, record from penalty union all select subject, record from t)"
        " select subject, [record] as because from t"
    ],
    "sql.subject_lost": [
        "with k as (select kind from penalty) select p.subject, [p.record] as because from"
        " penalty p cross join k"
    ],
    "sql.subject_made": [
        "select amount as subject, [record] as because from penalty",
        "select subject, amount, [record] as because from penalty"
        " union all select amount, subject, [record] as because from penalty",
    ],
    "sql.join_not_by_subject": [
        "select a.subject, [a.record] as because from penalty a join permit b on a.kind = b.kind",
        "select a.subject, [a.record] as because from penalty a cross join permit b",
        "select a.subject, [a.record] as because from penalty a, permit b where a.subject = b.subject",
        "select a.subject, [a.record] as because from penalty a"
        " join permit b on a.subject = b.subject or a.kind = b.kind",
    ],
    "sql.group_not_by_subject": [
        "select max(subject) as subject, list(record) as because from penalty group by kind",
        "select max(subject) as subject, list(record) as because from penalty",
    ],
    "sql.window_not_by_subject": [
        "select subject, rank() over (order by amount) as place, [record] as because from penalty"
    ],
    "sql.subquery_not_by_subject": [
        "select subject, [record] as because from penalty where amount > (select max(amount) from permit)",
        "select subject, [record] as because from penalty where exists (select 1 from permit)",
        "select subject, [record] as because from penalty where kind in (select kind from permit)",
    ],
    "sql.grain": ["-- grain: village\nselect subject, [record] as because from penalty"],
    "run.column_missing": ["select subject from penalty", "select record, [record] as because from penalty"],
    "run.not_whole": ["select subject, decided_on::timestamp as t, [record] as because from penalty"],
}
CASES = [(sentence, sql) for sentence, sqls in REFUSED.items() for sql in sqls]


@pytest.mark.parametrize(("sentence", "sql"), CASES)
def test_it_refuses_and_says_what_to_write_instead(sentence: str, sql: str) -> None:
    problems = {problem.id: problem for problem in lint(sql, TABLES, "subject", file="rule.sql")}
    assert sentence in problems
    problem = problems[sentence]
    assert problem.file == "rule.sql"
    assert problem.line >= 1
    for language in ("zh", "en"):
        assert problem.message(language)
        assert problem.hint(language)


def test_every_sentence_of_the_linter_is_shown_here() -> None:
    assert {each for each in sentences() if each.startswith("sql.")} == {
        each for each in REFUSED if each.startswith("sql.")
    }


GOOD = [
    "select subject, [record] as because from penalty where decided_on <= $as_of",
    "select subject, count(*)::bigint as n, coalesce(sum(amount), 0)::bigint as total,"
    " max(decided_on) as newest,"
    " list(record order by record) as because from penalty group by subject",
    "select subject, count(*) filter (where amount > 3)::bigint as n, list(record) as because from penalty"
    " group by 1",
    "with newest as (select subject, kind, record, row_number() over (partition by"
    " subject order by decided_on desc,"
    " record desc) as nth from penalty) select subject, kind, [record] as because from newest where nth = 1",
    "select a.subject, [a.record, b.record] as because from penalty a left join permit b"
    " on b.subject = a.subject and b.decided_on > a.decided_on",
    "select subject, list_concat([penalty.record], [permit.record]) as because from penalty"
    " join permit using (subject)",
    "select penalty.subject, max(case when kind = policy.text then policy.value end) as"
    " v, list(record) as because"
    " from penalty join policy on policy.name = 'points.' || penalty.kind group by penalty.subject",
    "with model as (select max(case when name = 'a.b' then value end) as start from policy)"
    " select subject, least(100, model.start + amount) as points, [record] as because"
    " from penalty cross join model",
    "select subject, (decided_on + interval 1 year)::date as ends_on,"
    " cast(last_day(decided_on) + interval 1 day as"
    " date) as next, date_trunc('month', decided_on)::date as month, date_diff('day',"
    " decided_on, $as_of::date) as age,"
    " extract(year from decided_on) * 100 + month(decided_on) as period, [record] as because from penalty",
    "select subject, [record] as because from penalty where subject in (select subject from permit)",
    "select subject, [record] as because from penalty"
    " where not exists (select 1 from permit where permit.subject = penalty.subject)",
    "select subject, [record] as because from penalty union all select subject, [record]"
    " as because from permit",
    "select coalesce(a.subject, b.subject) as subject, [a.record, b.record] as because from penalty a"
    " full join permit b on a.subject = b.subject",
    "select subject, split_part(kind, '-', 1) as head, (2 * amount + 7) // 14 as share, [record] as because"
    " from penalty where starts_with(kind, 'x') and kind like '%y' and amount % 2 = 0",
    "select distinct subject, kind, [record] as because from penalty",
    "with k as (select subject, length(min(kind)) as size, list(record) as because from penalty group by subject)"
    " select subject, array_length(because) as n, size, flatten([because, because]) as because from k",
]


@pytest.mark.parametrize("sql", GOOD)
def test_it_lets_good_rules_in(sql: str) -> None:
    assert lint(sql, TABLES, "subject") == []


@pytest.mark.parametrize("sql", GOOD)
def test_what_is_let_in_can_be_said_in_sparks_words(sql: str) -> None:
    assert sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)


def test_a_population_rule_may_look_at_everyone() -> None:
    sql = (
        "select a.subject, rank() over (order by a.amount) as place, [a.record] as because"
        " from penalty a join permit b on a.kind = b.kind where a.amount > (select max(amount) from permit)"
    )
    assert lint(sql, TABLES, "population") == []


def test_the_header_says_the_grain_before_the_program_does() -> None:
    sql = "-- heavy 重罚: a sentence.\n-- grain: population\nselect subject, [record] as because from penalty"
    assert grain_of(sql) == "population"
    assert grain_of("select 1") is None


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("select subject,\n  avg(amount) as x,\n  list(record) as because\nfrom penalty group by subject", 2),
        ("select subject,\n  [record] as because,\n  nosuch\nfrom penalty", 3),
        ("select subject,\n  [record] as because\nfrom penalty\njoin nowhere on true", 4),
        ("select subject,\n\n  ((( as because", 3),
    ],
)
def test_it_names_the_line(sql: str, line: int) -> None:
    assert line in [problem.line for problem in lint(sql, TABLES, "subject")]


def test_it_names_what_a_rule_reads_and_gives() -> None:
    sql = "with fined as (select subject, record from penalty)"
    sql += " select subject, 1 as n, [record] as because from fined"
    assert reads(sql) == {"penalty"}
    assert shape(sql, TABLES) == {"subject": "BIGINT", "n": "BIGINT", "because": "BIGINT[]"}
