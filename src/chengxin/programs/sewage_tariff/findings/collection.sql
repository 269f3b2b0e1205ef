-- collection 征收情况: what the water company says it billed, collected and is owed, by bill file and account.
-- grain: subject
-- Amounts in fen. The newest telling of a line stands; what it agrees with is shown by reconciliation.
select subject, bill, account, billed, collected, owed, reported_on, [record] as because
from sewage_collection
where reported_on <= $as_of
