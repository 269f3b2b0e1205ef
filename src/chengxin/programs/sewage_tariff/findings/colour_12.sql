-- colour_12 十二分制评级: the colour the 12-point model of 2019 gives on $as_of, from the facts that still count that day.
-- grain: subject
-- Starts at nine, so a firm about which nothing is told is blue. A fact counts until its own end, or for as long as its conduct says.
with told_of as (
  select subject, coalesce(plant_code, '') as plant_code, record
  from environment_grade
  where published_on <= $as_of
  union all
  select subject, coalesce(plant_code, '') as plant_code, record
  from environment_fact
  where occurred_on <= $as_of
),
rated as (   -- record: what shows that the plant takes part, where no fact counts
  select subject, plant_code, max(record) as record
  from told_of
  group by subject, plant_code
),
fact as (
  select environment_fact.subject, coalesce(environment_fact.plant_code, '') as plant_code, environment_fact.record,
         points.value as points
  from environment_fact
  join policy as points on points.name = 'points_12.' || environment_fact.conduct
   and points.since <= environment_fact.occurred_on and (points.until is null or points.until > environment_fact.occurred_on)
  join policy as counts on counts.name = 'days_12.' || environment_fact.conduct
   and counts.since <= environment_fact.occurred_on and (counts.until is null or counts.until > environment_fact.occurred_on)
  where environment_fact.occurred_on <= $as_of
    and case when environment_fact.valid_until is null then date_diff('day', environment_fact.occurred_on, $as_of::date) < counts.value
             else environment_fact.valid_until > $as_of end
),
total as (
  select rated.subject, rated.plant_code, coalesce(sum(fact.points), 0)::bigint as points,
         coalesce(list(fact.record order by fact.record) filter (where fact.record is not null),
                  [max(rated.record)]) as because
  from rated
  left join fact on fact.subject = rated.subject and fact.plant_code = rated.plant_code
  group by rated.subject, rated.plant_code
),
model as (
  select max(case when name = 'colours_12.start' then value end) as start,
         max(case when name = 'colours_12.full' then value end) as fullest,
         max(case when name = 'colours_12.green' then value end) as green,
         max(case when name = 'colours_12.blue' then value end) as blue,
         max(case when name = 'colours_12.yellow' then value end) as yellow,
         max(case when name = 'colours_12.red' then value end) as red
  from policy
  where since <= $as_of and (until is null or until > $as_of)
),
scored as (
  select total.subject, total.plant_code, total.because, least(model.fullest, model.start + total.points) as points,
         model.green, model.blue, model.yellow, model.red
  from total
  cross join model
  where model.start is not null
)
select subject, plant_code, points,
       case when points >= green then 'green'
            when points >= blue then 'blue'
            when points >= yellow then 'yellow'
            when points >= red then 'red'
            else 'black' end as colour,
       because
from scored
