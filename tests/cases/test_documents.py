"""Documents: the form of an official one, the same bytes each time, and no empty boxes."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml

from chengxin.cases import documents
from chengxin.cases.documents import FONTS, Table, Trace, compose, manifest, refuse_missing_glyphs, render
from chengxin.core.errors import HouseFault, InputError
from chengxin.core.hashing import hash_file

TRACE = Trace(
    kind="notice", issuers=("示例市发展和改革委员会",), number="示例市发改委告〔2016〕12号",
    on=date(2016, 10, 8),
    matter="加收污水处理费", addressee="示例甲印染有限公司", case_number="示例市发改委案〔2016〕7号",
    digest="4c" * 32,
    check_url="https://credit.example/verify/" + "4c" * 32,
    party=(("当事人", "示例甲印染有限公司"), ("统一社会信用代码", "91320691MA0DEMO00X")),
    facts=("你单位一厂2015年度企业环境信用评价结果为红色。",),
    law=(("《示例办法》第3条", "红色企业的污水处理费加收标准不低于每立方米0.6元。"),),
    reasons=("自2016年11月1日起，按每立方米0.60元加收。",), holding=("自2016年11月1日起加收。",),
    hearing=("你单位未在期限内陈述、申辩。",), exit=("退出条件：公布修复结果为黄色以上。",),
    words={"statement": "5个工作日", "count": "1", "period": "2016年11月", "due": "2016年10月15日",
           "party_name": "示例甲印染有限公司"},
)  # fmt: skip
TABLE = Table("执行名单", ("序号", "企业"), (("1", "示例甲印染有限公司"),), total=("", "合计1户"))
KINDS = sorted(set(yaml.safe_load((documents.ROOM / "documents.yml").read_text("utf-8"))) - {"fixed"})


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "one.pdf").write_bytes(pdf)
    told = subprocess.run(["pdftotext", folder / "one.pdf", "-"], capture_output=True, check=True)
    return re.sub(r"\s", "", told.stdout.decode())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_is_set_twice_the_same(kind: str, tmp_path: Path) -> None:
    table = TABLE if kind in {"execution", "bill"} else None
    trace = dataclasses.replace(TRACE, kind=kind, table=table)  # type: ignore[arg-type]
    pdf = render(trace)
    assert pdf == render(trace)
    text = text_of(pdf, tmp_path)
    page = compose(trace)
    for said in (page["title"], trace.number, trace.case_number, "2016年10月8日", "4c4c4c4c"):
        assert re.sub(r"\s", "", said) in text
    assert "草" not in text


def test_a_notice_says_facts_law_reasons_and_rights(tmp_path: Path) -> None:
    text = text_of(render(TRACE), tmp_path)
    for heading in ("一、查明的事实", "二、依据", "三、理由和拟作出的决定", "四、你单位的权利"):
        assert heading in text
    assert "5个工作日内" in text


def test_a_value_nobody_confirmed_is_written_across_the_page(tmp_path: Path) -> None:
    text = text_of(render(dataclasses.replace(TRACE, proposal=True)), tmp_path)
    assert "草" in text, "the words lie aslant, so they come out letter by letter"


def test_bodies_that_decide_together_all_sign(tmp_path: Path) -> None:
    joint = ("示例市发展和改革委员会", "示例市财政局")
    text = text_of(render(dataclasses.replace(TRACE, kind="execution", issuers=joint, table=TABLE)), tmp_path)
    assert text.count("示例市财政局") == 2, "in the head and under the text"


def test_a_character_the_font_cannot_draw_is_an_error() -> None:
    with pytest.raises(InputError) as refused:
        render(dataclasses.replace(TRACE, facts=("你好😀，ไ",)))
    assert "U+1F600" in refused.value.sentence("zh")
    refuse_missing_glyphs(["㙍䶮𬭎 龘 鿍 〔2016〕 ①  ㎡ ×"])


def test_a_word_the_wording_needs_is_asked_for() -> None:
    with pytest.raises(HouseFault) as refused:
        compose(dataclasses.replace(TRACE, words={}))
    assert refused.value.words["word"] == "statement"


def test_the_font_is_the_one_that_was_vendored_with_its_licence() -> None:
    for name, sha256 in manifest()["files"].items():
        assert hash_file(FONTS / name) == sha256
    font = FONTS / "NotoSerifCJKsc-Regular-subset.otf"
    assert font.stat().st_size <= 12 * 1024 * 1024
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")


def test_the_font_covers_the_characters_of_the_basic_plane_of_gb18030() -> None:
    han = [chr(point) for point in range(0x4E00, 0x9FA6)]
    refuse_missing_glyphs(["".join(han)])
