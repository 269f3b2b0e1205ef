-- request 提请: the acts that bodies and the association ask to have determined, and their tier.
-- grain: subject
-- Only one of the listed acts has a tier. A request binds nobody: a panel is heard on each, and the organ determines.
select asked.subject, asked.division, asked.number, asked.number as part, asked.conduct, coalesce(tier.text, '') as tier,
       asked.agency as told_by, asked.occurred_on, asked.reported_on, asked.corrected_on, [asked.record] as because
from consumer_misconduct as asked
left join policy as tier on tier.name = 'acts.' || asked.conduct
 and tier.since <= asked.occurred_on and (tier.until is null or tier.until > asked.occurred_on)
where asked.reported_on <= $as_of
