-- change 状态变化: whose tier on $as_of is not what it was some days before, and which acts made the difference.
-- grain: subject
-- Compared over as many days as policy says, so that a missed day loses nothing.
with span as (
  select max(value) as days
  from policy
  where name = 'windows.change' and since <= $as_of and (until is null or until > $as_of)
),
aged as (
  select conducted.subject, conducted.record, conducted.division, span.days, lasts.value as lasts,
         date_diff('day', conducted.determined_on, $as_of::date) as age,
         case when conducted.repaired_on is null then -1 else date_diff('day', conducted.repaired_on, $as_of::date) end as mended,
         case tier.text when 'severe' then 3 when 'heavier' then 2 else 1 end as weight
  from tax_conduct as conducted
  cross join span
  join policy as tier on tier.name = 'tiers.' || conducted.conduct
   and tier.since <= conducted.occurred_on and (tier.until is null or tier.until > conducted.occurred_on)
  join policy as lasts on lasts.name = 'lasts.' || tier.text
   and lasts.since <= conducted.occurred_on and (lasts.until is null or lasts.until > conducted.occurred_on)
  where conducted.determined_on <= $as_of and conducted.excused is null
),
weighed as (
  select subject, record, division,
         case when age < lasts and mended < 0 then weight else 0 end as now_weight,
         case when age - days >= 0 and age - days < lasts and mended - days < 0 then weight else 0 end as then_weight
  from aged
),
both_days as (
  select subject, max(now_weight) as now_weight, max(then_weight) as then_weight, min_by(division, record) as division,
         list(record order by record) filter (where now_weight <> then_weight) as because
  from weighed
  group by subject
)
select subject, division,
       case then_weight when 3 then 'severe' when 2 then 'heavier' when 1 then 'ordinary' else 'none' end as tier_before,
       case now_weight when 3 then 'severe' when 2 then 'heavier' when 1 then 'ordinary' else 'none' end as tier,
       because
from both_days
where now_weight <> then_weight
