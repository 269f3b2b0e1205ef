"""The contract of an item as one SQL text: what a good row is, and everything that is wrong with a bad one.

Nothing here runs; ``judging`` does. A row is *bad* when any check holds, and only then are its reasons drawn,
so that the twelve million good ones pay for nothing but the checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from chengxin.core import identifiers
from chengxin.engine.duck import literal, name

from . import typing_sql
from .headings import NOTE, OVERFLOW
from .landing import Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Column, Item

LONGEST = {"text": 4000, "code": 64, "identifier": 64}
"""Characters a text, a code or an identifier may have where the catalogue does not say."""
_HMAC = "sha256(getvariable('outer_key') || unhex(sha256(getvariable('inner_key') || encode({code}))))"


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong: true where it is. ``column`` is empty where it is about the whole row."""

    reason: str
    column: str
    sql: str
    decides: bool = True
    """Whether it is asked of every row; otherwise another check covers it and it only names the reason."""
    names: bool = True
    """Whether it names a reason; otherwise it is what several of those share."""


@dataclass(frozen=True)
class Quality:
    """An item's contract applied to a landed file, told on a day.

    ``waived`` names columns whose code an official confirmed as issued so: its check character is not asked.
    """

    item: Item
    landed: Landed
    told: date
    waived: Collection[str] = ()
    lexicon: frozenset[str] = frozenset()
    """Columns whose distinct texts were each read once: see ``lexicon``."""

    # --- layers of the one SQL text ---------------------------------------------------------------

    def typed(self, only: str = "true", source: str = "") -> str:
        """This will give ``(position, row, specials, c_… cleaned texts, v_… values)`` of every landed row.

        Three layers, so that no expression is written twice: cleaned, made ready for its type, read.
        """
        landed = self.landed
        special = ["position", "row", *(name(s) for s in (OVERFLOW, NOTE) if s in landed.special)]
        cleaned, ready, values = list(special), list(special), list(special)
        for column in self.item.columns.values():
            if column.name not in landed.columns:
                values.append(f"null::{column.sql_type} as {_v(column)}")
                continue
            text = name(column.name)
            if column.name in self.lexicon:
                cleaned.append(f"{text} as {_c(column)}")
                ready.append(_c(column))
                values += [_c(column), f"{lookup('value', column.name)} as {_v(column)}"]
                continue
            if column.name not in landed.clean:
                text = typing_sql.cleaned(column, text)
            cleaned.append(f"{text} as {_c(column)}")
            rest = typing_sql.rest(column, _c(column))
            ready += [_c(column), *([f"{rest} as {_r(column)}"] if rest else [])]
            value = typing_sql.value(column, _c(column), _r(column), epoch_1904=landed.epoch_1904)
            values += [_c(column), f"{value} as {_v(column)}"]
        first = f"(select {', '.join(cleaned)} from ({source or landed.relation()}) where {only})"
        return f"select {', '.join(values)} from (select {', '.join(ready)} from {first})"

    def judged(self) -> str:
        """This will give ``(position, bad, way, subject, bearer, d1, d2)``: which way of identifying held, and digests.

        Reads the table ``identities``; ``way`` is null where no code names anybody.
        """
        bad = " or ".join(check.sql for check in self.checks if check.decides) or "false"
        return f"""
            select position, coalesce({bad}, false) as bad, {self._way()} as way, {self._subject()} as subject,
                   {self._bearer()} as bearer, {self.digest_key()} as d1, {self.digest_rest()} as d2
            from ({self.typed()}) as t {self._joins()}
            where {self.filled()}"""

    def filled(self) -> str:
        """This will say that a row holds anything at all: rows that are blank are no rows."""
        columns = [self.item.columns[each] for each in self.landed.columns]
        texts = [_c(column) for column in columns if column.name not in self.lexicon]
        over = [name(OVERFLOW)] if OVERFLOW in self.landed.special else []
        seen = f"coalesce({', '.join([*texts, *over, 'null'])}) is not null"
        raw = [typing_sql.cleaned(column, _c(column)) for column in columns if column.name in self.lexicon]
        # In a branch, for hardly any row comes here.
        return f"(case when {seen} then true else coalesce({', '.join([*raw, 'null'])}) is not null end)"

    def kept(self) -> dict[str, str]:
        """This will give what a sheet keeps of each typed row, without its number, scheme and code.

        Over ``typed``, by column: all of the catalogue's, with persons' numbers as keyed digests.
        """
        kept = {}
        for column in self.item.columns.values():
            kept[column.name] = self._kept(column)
            if column.type == "money" and column.scheme == "capital":
                kept[f"{column.name}_currency"] = self._currency(column)
        return kept

    def reasons(self) -> str:
        """This will give a list of ``{reason, column, value}`` over ``judged_row``, for bad rows only."""
        structs = ", ".join(
            f"case when coalesce({check.sql}, false) then {{'reason': {literal(check.reason)}, "
            f"'column': {literal(check.column)}, 'value': {self._shown(check)}}} end"
            for check in self.checks
            if check.names
        )
        return f"list_filter([{structs}], lambda each: each is not null)"

    def explained(self) -> str:
        """This will give ``(position, row, reasons, texts as sent …)`` of rows whose position is in ``refused_at``.

        Ask ``spelled_out`` for it: a lexicon says that a text is bad, and not why.
        """
        texts = ", ".join(f"{self._masked(column)} as {name(column)}" for column in self.landed.columns)
        texts = f", {texts}" if texts else ""
        return f"""
            with refused_rows as materialized ({self.typed("position in (select position from refused_at)")})
            select position, row, {self.reasons()} as reasons {texts}
            from refused_rows as t {self._joins(of="refused_rows")}"""

    def learned(self, column: Column) -> str:
        """This will give ``(text, value, digest, bad)`` over ``distinct_texts (position, row, the column)``."""
        landed = replace(self.landed, columns=(column.name,), special=frozenset())
        alone = replace(self, landed=landed, waived=(column.name,))  # of codes only blank columns are learned
        bad = " or ".join(check.sql for check in alone._of_column(column)) or "false"
        return f"""
            select d.{name(column.name)} as text, {_v(column)} as value, {self.digest_of(column)} as digest,
                   coalesce({bad}, false) as bad
            from ({alone.typed(source="select * from distinct_texts")}) t join distinct_texts d using (position)"""

    def spelled_out(self) -> Quality:
        """This will give the same contract without lexicons: each check by itself, for the few rows that go back."""
        return replace(self, lexicon=frozenset())

    # --- who it is about --------------------------------------------------------------------------

    @cached_property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """This will give the ways of identifying that this file can take: (scheme, column), best first."""
        return tuple(
            (scheme, column)
            for scheme, column in self.item.identifies
            if column in self.landed.columns and column not in self.lexicon
        )

    def code(self, scheme: str, column: str, *, digested: bool = False) -> str:
        """This will give the code as the registry knows it: an ID number as its keyed digest, and of a permit
        number the code it begins with, for a firm has many permits and one code.

        ``digested`` says that ID numbers were made digests already, as ``kept`` gives them.
        """
        normal = _v(self.item.columns[column])
        if digested and scheme == "id_number":
            return normal
        if scheme == "permit":
            return f"left({normal}, 18)"
        return _HMAC.format(code=normal) if scheme == "id_number" else normal

    def chosen(self, *, digested: bool = False) -> tuple[str, str]:
        """This will give the expressions of scheme and code of a row whose ``way`` is known."""
        if not self.ways:
            return "null::varchar", "null::varchar"
        schemes = " ".join(
            f"when {n} then {literal(borne(scheme))}" for n, (scheme, _) in enumerate(self.ways)
        )
        codes = " ".join(
            f"when {n} then {self.code(s, c, digested=digested)}" for n, (s, c) in enumerate(self.ways)
        )
        return f"(case way {schemes} end)", f"(case way {codes} end)"

    def _joins(self, *, of: str = "") -> str:
        """This will join whom each way of identifying names; ``of`` a few rows, only the codes they hold are asked."""
        return " ".join(self._join(n, of) for n in range(len(self.ways)))

    def _join(self, n: int, of: str) -> str:
        scheme, column = self.ways[n]
        code = self.code(scheme, column)
        only = f" and code in (select {code} from {of})" if of else ""
        known = f"select code, subject, bearer from identities where scheme = {literal(borne(scheme))}{only}"
        return f"left join ({known}) as i{n} on i{n}.code = {code}"

    def _proven(self, n: int) -> str:
        """This will say that way ``n`` holds: somebody bears the code, or the code proves itself."""
        scheme, column = self.ways[n]
        normal = _v(self.item.columns[column])
        if scheme not in identifiers.SCHEMES or column in self.waived:
            return f"{normal} is not null"
        if scheme == "permit":
            return identifiers.sql_valid(scheme, normal)
        return (
            f"(case when i{n}.subject is not null then true else {identifiers.sql_valid(scheme, normal)} end)"
        )

    def _way(self) -> str:
        if not self.ways:
            return "null::utinyint"
        known = (
            [f"when i{n}.subject is not null then {n}" for n in range(len(self.ways))]
            if len(self.ways) > 1
            else []
        )
        proven = [f"when {self._proven(n)} then {n}" for n in range(len(self.ways))]
        return f"(case {' '.join([*known, *proven])} end)::utinyint"

    def _bearer(self) -> str:
        known = " ".join(f"when i{n}.subject is not null then i{n}.bearer" for n in range(len(self.ways)))
        return f"(case {known} end)" if self.ways else "null::bigint"

    def _subject(self) -> str:
        subjects = [f"i{n}.subject" for n in range(len(self.ways))]
        return f"coalesce({', '.join(subjects)}, null::bigint)" if subjects else "null::bigint"

    # --- digests ----------------------------------------------------------------------------------

    def digest_key(self) -> str:
        """This will give 63 bits over the item's key columns; over everything where it has no keys."""
        keys = set(self.item.keys or self.item.columns)
        return self._digests([column for column in self.item.columns.values() if column.name in keys])

    def digest_rest(self) -> str:
        """This will give 63 bits over the other columns."""
        keys = set(self.item.keys or self.item.columns)
        return self._digests([column for column in self.item.columns.values() if column.name not in keys])

    def _digests(self, columns: Iterable[Column]) -> str:
        """This will put the digests of columns together: each has its own, so repeated values are digested once.

        A column that is empty adds nothing, whether or not the file had it.
        """
        digest = "0::bigint"
        for column in columns:
            if column.name in self.landed.columns:
                digest = f"xor({digest}, {self.digest_of(column)})"
        return digest

    def digest_of(self, column: Column) -> str:
        """This will give 63 bits of MD5 over a column's name and value, 0 where it is empty."""
        if column.name in self.lexicon:
            return f"coalesce({lookup('digest', column.name)}, 0)"
        named = f"{literal(column.name + ':')} || ({self._kept(column)})"
        return f"coalesce((md5_number({named}) >> 65)::bigint, 0)"

    def _kept(self, column: Column) -> str:
        return _HMAC.format(code=_v(column)) if column.scheme == "id_number" else _v(column)

    def _currency(self, column: Column) -> str:
        if column.name not in self.landed.columns:
            return "null::varchar"
        from chengxin.core.money import sql_capital

        return f"({sql_capital(_c(column))}).currency"

    # --- checks -----------------------------------------------------------------------------------

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """This will give everything that may be wrong, in the order in which a person would look."""
        checks = []
        if OVERFLOW in self.landed.special:
            checks.append(Check("shifted", "", f"{name(OVERFLOW)} is not null"))
        for column in self.item.columns.values():
            if column.name in self.landed.columns:
                checks.extend(self._of_column(column))
        for group in self.item.required_one_of:
            empty = " and ".join(f"{_v(self.item.columns[each])} is null" for each in group)
            checks.append(Check("none_of", "/".join(group), empty))
        checks.extend(self._of_days())
        return tuple(checks)

    def _of_column(self, column: Column) -> list[Check]:
        if column.name in self.lexicon:
            wrong = f"coalesce({lookup('bad', column.name)}, {str(column.required).lower()})"
            return [Check("lexicon", column.name, wrong, names=False)]
        text, value = _c(column), _v(column)
        checks = []
        longest = column.max_length or LONGEST.get(column.type)
        if column.required:
            checks.append(Check("required", column.name, f"{text} is null"))
        if column.consent or self.item.consent:
            checks.append(Check("consent", column.name, f"{text} is not null"))
        if column.type in ("code", "identifier"):
            ruined = f"{text} is not null and regexp_full_match({text}, {literal(typing_sql.RUINED)})"
            checks.append(Check("ruined_code", column.name, f"({ruined})", decides=column.type == "code"))
        if longest:
            longer = f"length({value}) > {longest}"
            if column.name in self.landed.varied | self.landed.clean:
                longer = f"(case when strlen({value}) > {longest} then {longer} else false end)"
            checks.append(Check("too_long", column.name, longer))
        if column.type == "identifier":
            checks.extend(self._of_identifier(column))
        elif column.type not in ("text", "code"):
            reason = "unknown_choice" if column.type == "choice" else f"bad_{column.type}"
            checks.append(Check(reason, column.name, f"({text} is not null and {value} is null)"))
        if column.type == "date":
            span = f"{value} not between date '{typing_sql.FIRST_DAY}' and date '{typing_sql.LAST_DAY}'"
            checks.append(Check("bad_date", column.name, f"({span})"))
        return checks

    def _of_identifier(self, column: Column) -> list[Check]:
        """This will tell a code of the wrong shape from one whose check character is wrong."""
        value = _v(column)
        ways = [n for n, (_, each) in enumerate(self.ways) if each == column.name]
        schemes = [self.ways[n][0] for n in ways] or [column.scheme]
        if column.name in self.waived or any(scheme not in identifiers.SCHEMES for scheme in schemes):
            return []
        proven = [self._proven(n) for n in ways] or [identifiers.sql_valid(column.scheme, value)]
        unproven = f"{value} is not null and not ({' or '.join(proven)})"
        lengths = sorted({length for scheme in schemes for length in _LENGTHS[scheme]})
        shaped = (
            f"length({value}) in ({', '.join(map(str, lengths))}) and regexp_full_match({value}, '[0-9A-Z]*')"
        )
        return [
            Check("code", column.name, f"({unproven})", names=False),
            Check("code_shape", column.name, f"({unproven} and not ({shaped}))", decides=False),
            Check("code_check", column.name, f"({unproven} and ({shaped}))", decides=False),
        ]

    def _of_days(self) -> list[Check]:
        checks, columns = [], self.item.columns
        proof = self.item.proves
        if proof and proof.decided_on in columns:
            checks.append(
                Check("after_told", proof.decided_on, f"{_v(columns[proof.decided_on])} > date '{self.told}'")
            )
        begins = self.item.valid_from or (proof.decided_on if proof else "")
        ends = self.item.valid_to or (proof.ends_on if proof else "")
        if begins in columns and ends in columns:
            sql = f"{_v(columns[ends])} < {_v(columns[begins])}"
            if columns[begins].type == columns[ends].type == "date":
                checks.append(Check("ends_before", ends, sql))
        return checks

    def _shown(self, check: Check) -> str:
        if check.column in self.landed.columns:
            return f"left({self._masked(check.column)}::varchar, 200)"
        return f"left({name(OVERFLOW)}, 200)" if check.reason == "shifted" else "null"

    def _masked(self, column: str) -> str:
        text = _c(self.item.columns[column])
        if self.item.columns[column].scheme != "id_number":
            return text
        return f"({text}[:3] || '***********' || {text}[-4:])"


def borne(scheme: str) -> str:
    """This will name the scheme under which the registry knows who bears a code of this one."""
    return "uscc" if scheme == "permit" else scheme


_LENGTHS: dict[str, tuple[int, ...]] = {
    "uscc": (18,),
    "regno": (13, 15),
    "orgcode": (9,),
    "id_number": (18,),
    "permit": (22,),
}


def known(column: str) -> str:
    """This will name the type of the texts a column's lexicon knows."""
    return name(f"texts of {column}")


def lookup(what: str, column: str) -> str:
    """This will give what the lexicon of a column says of its text: its value, its digest, or whether it is bad."""
    place = f"enum_code(try_cast({name('c_' + column)} as {known(column)})) + 1"
    return f"getvariable({literal(f'{what} {column}')})[{place}]"


def _c(column: Column) -> str:
    return name(f"c_{column.name}")


def _r(column: Column) -> str:
    return name(f"r_{column.name}")


def _v(column: Column) -> str:
    return name(f"v_{column.name}")
