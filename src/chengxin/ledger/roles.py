"""The roles of the house and the verbs each may do. What is not named here nobody may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chengxin.core.errors import HouseFault

PUBLIC: Final = frozenset({"public"})
GOVERNMENT: Final = frozenset({"public", "government"})


@dataclass(frozen=True)
class Role:
    """A post's powers. ``wide``: sees what every body of the region told; otherwise only its own body's."""

    name: str
    zh: str
    en: str
    verbs: frozenset[str]
    classes: frozenset[str] = GOVERNMENT
    wide: bool = False
    alone: bool = False
    """三员分立: whoever holds it holds nothing else."""

    @property
    def heavy(self) -> bool:
        """This will say whether the role bears on people's rights or on others' powers: two grant it."""
        return self.alone or bool(self.verbs & _WEIGHTY)


def _verbs(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READS: Final = "read read_batches read_ledger export gate"
_HANDS_IN: Final = "read read_batches hand_in receive withdraw correct export"
_CASEWORK: Final = (
    "open propose notify agree_service withdraw_service fail_service serve state waive answer take_out "
    "serve_decision execute review "
    "object route answer_objection repair lapse publish "
    "convene_panel panel_advice ask_hearing hold_hearing urge ask_review answer_review annotate end_annotation "
    "own_words apply_repair accept_repair refuse_repair apologise certify give_mandate withdraw_mandate"
)
_WEIGHTY: Final = _verbs(
    "propose notify serve decide revoke extend cosign legal_review answer_objection propose_adoption adopt redact"
)
BINDING: Final = _verbs(
    "decide revoke cosign legal_review confirm_text propose_adoption adopt assign suspend shorten resume"
)
"""Decided, signed, granted: before these whoever sits at the desk proves anew who it is."""
_ADMINISTERS: Final = "enrol assign unlock issue_key"

_DRAWN: Final = (
    Role("steward", "数据专员", "data steward", _verbs(f"{_HANDS_IN} confirm link")),
    Role("case_officer", "承办", "case officer", _verbs(f"{_READS} {_CASEWORK} reckon link"), wide=True),
    Role(
        "head", "签发", "head who signs",
        _verbs(
            f"{_READS} decide revoke extend propose_adoption adopt defer_look subscribe replay "
            "shorten suspend resume"
        ), wide=True,
    ),
    Role("cosigner", "会签", "co-signer", _verbs("read cosign export"), wide=True),
    Role(
        "legal", "法制审核", "legal reviewer",
        _verbs(
            f"{_READS} legal_review hold_hearing answer_review confirm_text propose_adoption redact check"
        ), wide=True,
    ),
    Role("biller", "水费", "biller", _verbs(f"{_HANDS_IN} map_account issue_bill return_bill")),
    Role(
        "auditor", "安全审计员", "auditor", _verbs("read_ledger read_looks read_administration verify"),
        PUBLIC, alone=True,
    ),
    Role("sysadmin", "系统管理员", "system administrator", _verbs("operate enrol"), PUBLIC, alone=True),
    Role(
        "secadmin", "安全管理员", "security administrator", _verbs("assign unlock issue_key"), PUBLIC, alone=True
    ),
    Role("partner", "合作单位", "partner", _verbs("gate read return_bill"), PUBLIC),
    Role(
        "system", "平台", "the platform itself",
        _verbs(
            f"{_READS} {_HANDS_IN} {_ADMINISTERS} confirm link redact reckon open adopt lapse review publish "
            "check operate verify"
        ),
        wide=True,
    ),
)  # fmt: skip
"""``system`` does by itself only what needs no judgement: it takes in, reckons and lets terms end. It never
proposes, serves, signs or decides."""

ROLES: Final = {role.name: role for role in _DRAWN}
THREE: Final = tuple(role.name for role in _DRAWN if role.alone)
"""三员: auditor, system administrator, security administrator; three persons, and none of them does anything else."""
VERBS: Final = frozenset().union(*(role.verbs for role in _DRAWN))


def role(name: str) -> Role:
    """This will give a role by its name."""
    if name not in ROLES:
        raise HouseFault("official.no_such_role", role=name, known=", ".join(ROLES))
    return ROLES[name]


def roles_that_may(verb: str) -> tuple[Role, ...]:
    """This will name the roles that hold a verb; an unknown verb is a fault of the one who asks."""
    if verb not in VERBS:
        raise HouseFault("official.no_such_verb", verb=verb)
    return tuple(role for role in _DRAWN if verb in role.verbs)
