-- feedback 反馈：what each body did after it had asked, matter by matter; a fact of handling, and no misconduct.
-- grain: subject
-- Counted from these rows alone: where a body tells nothing, nothing is assumed.
select subject, division, number, matter, result, officer, acted_on, agency, [record] as because
from measure_feedback
where acted_on <= $as_of
