-- exits 退出：which listings have a ground of exit or ended, so that the days the court took can be counted.
-- grain: subject
-- Working days are the calendar's and are counted by who shows the rows; what is late is the court's to explain.
select subject, division, court, case_number, exit_ground, exit_ground_on, ends_on, [record] as because
from judgment_defaulter
where exit_ground_on is not null and exit_ground_on <= $as_of
