-- change 状态变化: whose tier changed within the days in which that is told, from what to what, and which acts made the difference.
-- grain: subject
-- Of several changes the last one counts; it is found on every day of those days, so that a missed day loses nothing.
with span as (
  select max(value) as days
  from policy
  where name = 'windows.change' and since <= $as_of and (until is null or until > $as_of)
),
aged as (
  select conducted.subject, conducted.record, conducted.division, conducted.document_number, span.days, lasts.value as lasts,
         date_diff('day', conducted.determined_on, $as_of::date) as age,
         case when conducted.repaired_on is null or conducted.repaired_on > $as_of then -1
              else date_diff('day', conducted.repaired_on, $as_of::date) end as mended,
         case tier.text when 'severe' then 3 when 'heavier' then 2 else 1 end as weight
  from tax_conduct as conducted
  cross join span
  join policy as tier on tier.name = 'tiers.' || conducted.conduct
   and tier.since <= conducted.occurred_on and (tier.until is null or tier.until > conducted.occurred_on)
  join policy as lasts on lasts.name = 'lasts.' || tier.text
   and lasts.since <= conducted.occurred_on and (lasts.until is null or lasts.until > conducted.occurred_on)
  where conducted.determined_on <= $as_of and conducted.excused is null
),
-- so many days ago an act began to count, was repaired, or ran out
turns as (
  select subject, age as ago from aged where age < days
  union
  select subject, mended as ago from aged where mended >= 0 and mended < days
  union
  select subject, age - lasts as ago from aged where age >= lasts and age - lasts < days
),
weighed as (
  select turns.subject, turns.ago, aged.record, aged.division, aged.document_number, aged.days,
         case when aged.age >= turns.ago and aged.age - turns.ago < aged.lasts and aged.mended < turns.ago
              then aged.weight else 0 end as now_weight,
         case when aged.age >= turns.ago + 1 and aged.age - turns.ago - 1 < aged.lasts and aged.mended < turns.ago + 1
              then aged.weight else 0 end as then_weight
  from turns
  join aged on aged.subject = turns.subject
),
turned as (
  select subject, ago, max(now_weight) as now_weight, max(then_weight) as then_weight, max(days) as days,
         min_by(division, record) as division,
         min(case when now_weight <> then_weight then document_number end) as document_number,
         list(record order by record) filter (where now_weight <> then_weight) as because
  from weighed
  group by subject, ago
),
newest as (
  select subject, min(ago) as ago
  from turned
  where now_weight <> then_weight
  group by subject
)
select turned.subject, turned.division,
       case turned.then_weight when 3 then 'severe' when 2 then 'heavier' when 1 then 'ordinary' else 'none' end as tier_before,
       case turned.now_weight when 3 then 'severe' when 2 then 'heavier' when 1 then 'ordinary' else 'none' end as tier,
       '税收失信状态由'
         || case turned.then_weight when 3 then '严重失信' when 2 then '较重失信' when 1 then '一般失信' else '无有效失信' end
         || '变为'
         || case turned.now_weight when 3 then '严重失信' when 2 then '较重失信' when 1 then '一般失信' else '无有效失信' end
         || '（' || turned.document_number || '）' as part,
       turned.days - 1 - turned.ago as days_left,
       turned.because
from turned
join newest on newest.subject = turned.subject and newest.ago = turned.ago
