-- listed 在列：which listings the court published and has neither removed nor let run out on $as_of.
-- grain: subject
-- Exclusive of the day it ends: on that day nobody is listed any more. A consumption restriction is no listing.
select subject, division, court, case_number, conduct, published_on, ends_on, [record] as because
from judgment_defaulter
where published_on <= $as_of and (ends_on is null or ends_on > $as_of)
