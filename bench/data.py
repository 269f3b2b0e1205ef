"""Synthetic organisations for measuring: realistic in shape, visibly invented (拟 stands in every name)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

CITIES = [
    "南京",
    "无锡",
    "徐州",
    "常州",
    "苏州",
    "南通",
    "连云港",
    "淮安",
    "盐城",
    "扬州",
    "镇江",
    "泰州",
    "宿迁",
]
"""Of one province: their codes end in 01 to 13."""
_WEIGHTS = [16, 10, 7, 8, 24, 8, 3, 4, 5, 4, 3, 4, 4]
_BRAND = (
    "华瑞鑫宏达盛源泰康恒信通天成海东方明光辉新世嘉德丰润金玉龙凤祥云飞腾远博雅睿智创联合众益民安邦国正中"
    "和平顺利永久长江河山川林森木火土石水星月日春夏秋冬青蓝紫红白黑翔宇航鹏程万里一诺千亿百佳美好家园艺文"
)
_TRADES = (
    "科技 25,贸易 14,商贸 9,建筑工程 7,机械 6,电子 6,信息技术 5,纺织 4,服饰 4,化工 4,环保 3,物流 3,"
    "餐饮管理 3,房地产开发 2,医疗器械 2,生物科技 2,新材料 2,食品 2,汽车销售 2,文化传媒 2,教育咨询 2,"
    "劳务 2,装饰 2,园林 1,水务 1,电力 1,模具 1,五金 1,塑料 1,印刷 1"
)
_FORMS = (
    "有限公司 82,有限责任公司 4,股份有限公司 2,集团有限公司 1,合伙企业（有限合伙） 3,专业合作社 4,"
    "经营部 2,厂 2"
)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _weighted(words: str) -> list[str]:
    spread: list[str] = []
    for each in words.split(","):
        word, weight = each.rsplit(" ", 1)
        spread += [word] * int(weight)
    return spread


def _list(words: list[str]) -> str:
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


def _drawn(salt: int, seed: int) -> str:
    """This will write the SQL of a number drawn for row ``i``, independent of those of other salts."""
    return f"hash(hash(i * 64 + {salt}) + {seed})"


def _pick(words: list[str], salt: int, seed: int) -> str:
    return f"{_list(words)}[1 + ({_drawn(salt, seed)} % {len(words)})::int]"


def _checked(digits: str) -> str:
    """This will write the SQL that puts the check character of GB 32100 behind 17 characters."""
    weights = [pow(3, place, 31) for place in range(17)]
    total = " + ".join(
        f"{weight} * (strpos('{ALPHABET}', substr({digits}, {place + 1}, 1)) - 1)"
        for place, weight in enumerate(weights)
    )
    return f"{digits} || substr('{ALPHABET}', ((31 - ({total}) % 31) % 31 + 1)::int, 1)"


def _body(number: str) -> str:
    """This will write the SQL of a nine-character body code (GB 11714) from a number."""
    letters = [
        f"substr('{ALPHABET}', (({number}) // {31**place} % 31 + 1)::int, 1)" for place in range(6, -1, -1)
    ]
    return "'M' || " + " || ".join(letters)


def _body_check(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    whole = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = " + ".join(
        f"{weight} * (strpos('{whole}', substr({body}, {place + 1}, 1)) - 1)"
        for place, weight in enumerate(weights)
    )
    return f"substr('0123456789X0', ((11 - ({total}) % 11) % 11 + 1)::int, 1)"


def organisations(count: int, seed: int = 1, temp: Path | None = None) -> pa.Table:
    """This will give ``count`` organisations, the same each time.

    Columns ``(scheme, code, name, region, capital, founded)``: capital in fen, founded a date. Codes are
    valid and distinct; a name comes twice only by chance.
    """
    connection = duckdb.connect(config={"temp_directory": str(temp)} if temp else {})
    cities = [city for city, weight in zip(CITIES, _WEIGHTS, strict=True) for _ in range(weight)]
    brand = " || ".join(_pick(list(_BRAND), salt, seed) for salt in (2, 3))
    third = f"case when {_drawn(4, seed)} % 3 = 0 then '' else {_pick(list(_BRAND), 5, seed)} end"
    query = f"""
    with drawn as (
        select i, {_pick(cities, 1, seed)} as city, {brand} || {third} as brand,
               {_pick(_weighted(_TRADES), 6, seed)} as trade, {_pick(_weighted(_FORMS), 7, seed)} as form,
               {_drawn(8, seed)} % 9 as county, {_drawn(9, seed)} % 1000 as size,
               {_drawn(10, seed)} % 14600 as age
        from range({count}) as series(i)),
    placed as (
        select *, '32' || lpad((list_position({_list(CITIES)}, city))::text, 2, '0')
                       || lpad((county + 2)::text, 2, '0') as region,
               {_body(f"(i * 8675309 + {seed})")} as body from drawn),
    coded as (select *, '91' || region || body || {_body_check("body")} as digits from placed)
    select 'uscc' as scheme, {_checked("digits")} as code,
           case when form in ('经营部', '厂') then city || '市' || brand || '拟' || trade || form
                when size % 10 = 0 then brand || '拟' || trade || '（' || city || '）' || form
                else city || '拟' || brand || trade || form end as name,
           region,
           (case when size < 500 then 50 when size < 800 then 100 when size < 950 then 1000
                 when size < 995 then 10000 else 500000 end)::bigint * 1000000 as capital,
           (date '2025-12-31' - age::int)::date as founded
    from coded
    """
    try:
        return connection.sql(query).to_arrow_table()
    finally:
        connection.close()
