-- major 重大违法线索: which taxpayer's conduct may be published as a major tax violation.
-- grain: subject
-- A clue and no more: the tax office determines each after notice. A conduct whose three years are over is none.
select tax_conduct.subject, tax_conduct.division, tax_conduct.conduct, tax_conduct.document_number,
       tax_conduct.determined_on, [tax_conduct.record] as because
from tax_conduct
join policy as listed on listed.name = 'major.' || tax_conduct.conduct
 and listed.since <= tax_conduct.occurred_on and (listed.until is null or listed.until > tax_conduct.occurred_on)
where tax_conduct.determined_on <= $as_of and date_diff('day', tax_conduct.determined_on, $as_of::date) < 1095
  and (tax_conduct.repaired_on is null or tax_conduct.repaired_on > $as_of)
  and tax_conduct.excused is null
