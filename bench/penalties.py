"""A file of administrative penalties as a province would hand it in: 18 columns, 2 % dirt of ten kinds.

    python -m bench.penalties --rows 12000000 --firms 3000000 FILE

Every value is a function of the row's number, so the same call writes the same bytes. The firms are those of
``bench.data``: row ``i`` is about firm ``i * 7919 % firms``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow as pa

from bench.data import organisations
from chengxin.engine.duck import DuckDBPyConnection, connect, literal, name

COLUMNS = {
    "party_name": "行政相对人名称",
    "party_kind": "行政相对人类别",
    "uscc": "统一社会信用代码",
    "regno": "工商注册号",
    "orgcode": "组织机构代码",
    "document_number": "行政处罚决定书文号",
    "violation": "违法行为类型",
    "facts": "违法事实",
    "penalty_basis": "处罚依据",
    "penalty_kind": "处罚类别",
    "content": "处罚内容",
    "fine": "罚款金额（万元）",
    "confiscated": "没收违法所得、没收非法财物的金额（万元）",
    "licence": "暂扣或吊销证照名称及编号",
    "decided_on": "处罚决定日期",
    "publicity_ends_on": "公示截止期",
    "decided_by": "处罚机关",
    "decided_by_code": "处罚机关统一社会信用代码",
}
"""The item ``administrative_penalty`` as the catalogue declares it."""

DIRT = (
    "a wrong check character",
    "a code ruined by a spreadsheet",
    "a lower-case code",
    "full-width digits in the code",
    "a date written 2016年1月2日",
    "a day that does not exist",
    "no name",
    "a kind of party nobody knows",
    "a row that comes once more two lines on",
    "a delimiter too many",
)
"""What is wrong with row i where ``i % 500`` is the place in this list: 2 % of the rows.

Three kinds are mended (lower case, full width, the date), one is held, six are refused.
"""
CYCLE = 500


def expected(rows: int) -> dict[str, int]:
    """This will give how the rows must end, for a number of rows that whole cycles make."""
    cycles = rows // CYCLE
    return {"read": rows, "taken": rows - 7 * cycles, "held": cycles, "quarantined": 6 * cycles}


def write(target: Path, rows: int, firms: pa.Table, temp: Path) -> None:
    """This will write the file as comma-separated UTF-8 without quotes."""
    connection = connect(temp=temp, keep_order=True)
    _lay_out(connection, firms)
    header = ", ".join(f"{column} as {name(title)}" for column, title in COLUMNS.items())
    connection.execute(
        f"copy (select {header} from ({_rows(rows)})) to {literal(str(target))} (format csv, header, quote '')"
    )
    connection.close()


def _lay_out(connection: DuckDBPyConnection, firms: pa.Table) -> None:
    connection.register("given", firms.select(["code", "name"]))
    connection.execute(
        "create temp table firms as select (row_number() over () - 1)::integer as number, code, name from given"
    )
    connection.unregister("given")


def _rows(rows: int) -> str:
    return f"""
    with counted as (select i as place, case when i % 500 = 8 then i + 2 else i end as i, i % 500 as dirt
                     from range({rows}) t(i)),
         aimed as (select *, (i * 7919 % (select count(*) from firms))::integer as number,
                          date '2016-01-01' + (i * 31 % 3200)::integer as day from counted)
    select case dirt when 6 then '' else f.name end as party_name,
           case dirt when 7 then '路过的人'
                     else ['法人及非法人组织', '个体工商户'][(i % 9 = 0)::integer + 1] end as party_kind,
           case dirt when 0 then f.code[:17] || case f.code[18] when '0' then '1' else '0' end
                     when 1 then '9.132E+17' when 2 then lower(f.code)
                     when 3 then translate(f.code, '0123456789', '０１２３４５６７８９') else f.code end as uscc,
           '' as regno, '' as orgcode, '拟市监罚〔20' || 16 + i % 9 || '〕' || i || '号' as document_number,
           ['未按规定报送年度报告', '超标排放水污染物', '虚假宣传', '未经许可从事经营'][i % 4 + 1] as violation,
           '第' || i % 89 || '次检查时被发现上述行为' as facts,
           '《企业信息公示暂行条例》第' || 10 + i % 17 || '条' as penalty_basis,
           ['警告', '罚款', '没收违法所得', '责令停产停业'][i % 4 + 1] as penalty_kind,
           '处以罚款' || i % 50 || '千元' || case dirt when 9 then ',余款分期' else '' end as content,
           printf('%.2f', (i % 50) * 0.1) as fine, case when i % 7 = 0 then '0.35' else '0' end as confiscated,
           '' as licence,
           case dirt when 4 then strftime(day, '%Y年%-m月%-d日') when 5 then '2019-02-30'
                     else day::varchar end as decided_on,
           (day + interval 3 year)::date::varchar as publicity_ends_on, '拟海澜市市场监督管理局' as decided_by,
           '11320000MB1234567' || (i % 3) as decided_by_code
    from aimed join firms f using (number)
    order by place"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--firms", type=int, default=3_000_000)
    options = parser.parse_args()
    write(options.target, options.rows, organisations(options.firms), options.target.parent / "spill")


if __name__ == "__main__":
    main()
