"""A file of administrative penalties as a province would hand it in: 18 columns, 2 % dirt of ten kinds.

Every value is a function of the row's number, so the same call writes the same bytes. The firms are numbers
in a row of invented names; ``firms`` gives the registry they come from, and ``known`` says how many of them the
platform already knew.
"""

from __future__ import annotations

from pathlib import Path

from chengxin.core.identifiers import ALPHABET, ORG_WEIGHTS, USCC_WEIGHTS
from chengxin.engine.duck import DuckDBPyConnection, literal, name

COLUMNS = {
    "name": "行政相对人名称",
    "uscc": "统一社会信用代码",
    "regno": "工商注册号",
    "legal_representative": "法定代表人",
    "document_number": "行政处罚决定书文号",
    "offence": "违法行为类型",
    "facts": "违法事实",
    "grounds": "处罚依据",
    "penalty_kind": "处罚类别",
    "content": "处罚内容",
    "fine": "罚款金额（万元）",
    "confiscated": "没收违法所得金额（万元）",
    "decided_on": "处罚决定日期",
    "ends_on": "公示截止期",
    "decided_by": "处罚机关",
    "decided_by_uscc": "处罚机关统一社会信用代码",
    "region": "行政区划代码",
    "remark": "备注",
}

DIRT = {
    0: "a wrong check character",
    1: "a code ruined by a spreadsheet",
    2: "a lower-case code",
    3: "full-width digits in the code",
    4: "a date written 2016年1月2日",
    5: "a day that does not exist",
    6: "no name",
    7: "a kind of penalty nobody knows",
    8: "a row that comes once more two lines on",
    9: "a row shifted by one column",
}
"""What may be wrong with a row; row i is dirty where ``i % 500`` is one of ``DIRT`` (2 %)."""


def _weighed(alphabet: str, weights: tuple[int, ...], text: str) -> str:
    return " + ".join(
        f"{w} * (strpos('{alphabet}', {text}[{i}]) - 1)" for i, w in enumerate(weights, start=1)
    )


def firms(connection: DuckDBPyConnection, count: int) -> None:
    """This will make the table ``firms(number, uscc, name, region)`` of so many invented firms."""
    orgcode = (
        f"substr('0123456789X', (11 - ({_weighed('0123456789', ORG_WEIGHTS, 'body')}) % 11) % 11 + 1, 1)"
    )
    check = f"substr('{ALPHABET}', (31 - ({_weighed(ALPHABET, USCC_WEIGHTS, 'code')}) % 31) % 31 + 1, 1)"
    connection.execute(f"""
        create or replace table firms as
        with numbered as (select i::integer as number, 320100 + (i % 13) * 100 + 1 as region,
                                 lpad((10000000 + i * 17)::varchar, 8, '0') as body from range({count}) t(i)),
             coded as (select *, '91' || region || body || {orgcode} as code from numbered)
        select number, code || {check} as uscc, region::varchar as region,
               '海澜市第' || number || ['科技', '贸易', '建筑', '餐饮', '化工', '物流'][number % 6 + 1]
               || '有限公司' as name
        from coded""")


def write(connection: DuckDBPyConnection, target: Path, rows: int) -> None:
    """This will write the file: firms must have been made. Row ``i`` is about firm ``i * 7919 % count``."""
    connection.execute("set preserve_insertion_order = true")
    header = ", ".join(f"{column} as {name(title)}" for column, title in COLUMNS.items())
    connection.execute(
        f"copy (select {header} from ({_rows(rows)})) to {literal(str(target))} (format csv, header, quote '')"
    )


def _rows(rows: int) -> str:
    return f"""
    with counted as (select i as place, case when i % 500 = 8 then i + 2 else i end as i, i % 500 as dirt
                     from range({rows}) t(i)),
         aimed as (select *, (i * 7919 % (select count(*) from firms))::integer as number from counted)
    select case dirt when 6 then '' else f.name end as name,
           case dirt when 0 then f.uscc[:17] || case f.uscc[18] when '0' then '1' else '0' end
                     when 1 then '9.132E+17' when 2 then lower(f.uscc)
                     when 3 then translate(f.uscc, '0123456789', '０１２３４５６７８９') else f.uscc end as uscc,
           '' as regno, ['张伟', '王芳', '李娜', '刘洋', '陈杰'][i % 5 + 1] as legal_representative,
           '海市监罚〔20' || 16 + i % 9 || '〕' || i || '号' as document_number,
           ['未按规定报送年度报告', '超标排放水污染物', '虚假宣传', '未经许可从事经营'][i % 4 + 1] as offence,
           '第' || i % 89 || '次检查时被发现上述行为' as facts,
           '《企业信息公示暂行条例》第' || 10 + i % 17 || '条' as grounds,
           case dirt when 7 then '打板子'
                     else ['警告', '罚款', '没收违法所得', '责令停产停业'][i % 4 + 1] end as penalty_kind,
           '处以罚款' || i % 50 || '千元' || case dirt when 9 then ',余款分期' else '' end as content,
           printf('%.2f', (i % 50) * 0.1) as fine, case when i % 7 = 0 then '0.35' else '0' end as confiscated,
           case dirt when 4 then strftime(day, '%Y年%-m月%-d日') when 5 then '2019-02-30'
                     else day::varchar end as decided_on,
           (day + interval 3 year)::date::varchar as ends_on, '海澜市市场监督管理局' as decided_by,
           '11320000MB1234567' || (i % 3) as decided_by_uscc, f.region as region, '' as remark
    from (select *, date '2016-01-01' + (i * 31 % 3200)::integer as day from aimed) join firms f using (number)
    order by place"""
