-- person_tier 自然人失信状态: the worst tier that a natural person's acts still have on $as_of.
-- grain: subject
-- By act: no points, no letters, no sum. Used inside the tax service alone, decides nothing, never published.
with effective as (
  select conducted.subject, conducted.record, conducted.division, conducted.conduct,
         case tier.text when 'severe' then 3 when 'heavier' then 2 else 1 end as weight
  from tax_conduct_person as conducted
  join policy as tier on tier.name = 'tiers.' || conducted.conduct
   and tier.since <= conducted.occurred_on and (tier.until is null or tier.until > conducted.occurred_on)
  join policy as lasts on lasts.name = 'lasts.' || tier.text
   and lasts.since <= conducted.occurred_on and (lasts.until is null or lasts.until > conducted.occurred_on)
  where conducted.determined_on <= $as_of and date_diff('day', conducted.determined_on, $as_of::date) < lasts.value
    and (conducted.repaired_on is null or conducted.repaired_on > $as_of)
    and conducted.excused is null
),
worst as (
  select subject, max(weight) as weight, count(*)::bigint as acts, min_by(division, record) as division
  from effective
  group by subject
)
select worst.subject, worst.division,
       case worst.weight when 3 then 'severe' when 2 then 'heavier' else 'ordinary' end as tier,
       worst.acts, list(effective.record order by effective.record) as because
from worst
join effective on effective.subject = worst.subject and effective.weight = worst.weight
group by worst.subject, worst.division, worst.weight, worst.acts
