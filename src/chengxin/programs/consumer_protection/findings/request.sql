-- request 提请: the acts that bodies and the association ask to have determined, their tier, and what the panel says.
-- grain: subject
-- Only one of the listed acts has a tier. supported: an odd number of experts, enough of them, none with an interest, and
-- more than half in favour, kept by one body. A request binds nobody, whatever the panel says.
with votes as (
  select subject, number, count(*)::bigint as members,
         sum(case when interest then 1 else 0 end)::bigint as interested,
         sum(case when vote = 'support' then 1 else 0 end)::bigint as pro,
         min(agency) as panel_by, max(agency) as panel_last_by, list(record order by record) as records
  from consumer_panel
  where voted_on <= $as_of
  group by subject, number
),
rules as (
  select max(value) as least
  from policy
  where name = 'panel.least' and since <= $as_of and (until is null or until > $as_of)
)
select asked.subject, asked.division, asked.number, asked.number as part, asked.conduct, coalesce(tier.text, '') as tier,
       asked.agency as told_by, coalesce(votes.panel_by, '') as panel_by, asked.occurred_on, asked.reported_on, asked.corrected_on, coalesce(votes.members, 0) as members, coalesce(votes.pro, 0) as pro,
       case when tier.text is null then 'unlisted'
            when votes.members is null then 'no_panel'
            when votes.interested > 0 then 'interested'
            when votes.panel_by <> votes.panel_last_by then 'unfit'
            when votes.members < rules.least or mod(votes.members, 2) = 0 then 'unfit'
            when votes.pro * 2 > votes.members then 'supported'
            else 'opposed' end as state,
       case when votes.members is null then [asked.record] else list_concat([asked.record], votes.records) end as because
from consumer_misconduct as asked
cross join rules
left join policy as tier on tier.name = 'acts.' || asked.conduct
 and tier.since <= asked.occurred_on and (tier.until is null or tier.until > asked.occurred_on)
left join votes on votes.subject = asked.subject and votes.number = asked.number
where asked.reported_on <= $as_of
