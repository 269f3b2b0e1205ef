-- colour_100 百分制评级: the colour the 100-point model of 2013 gives for the year $as_of falls in, from the facts told.
-- grain: subject
-- Starts full; a veto makes the grade red whatever the points, a crime black. Who has neither a fact nor an earlier rating is not graded.
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
         points.value as points, coalesce(veto.text, '') as veto
  from environment_fact
  join policy as points on points.name = 'points_100.' || environment_fact.conduct
   and points.since <= environment_fact.occurred_on and (points.until is null or points.until > environment_fact.occurred_on)
  left join policy as veto on veto.name = 'veto_100.' || environment_fact.conduct
   and veto.since <= environment_fact.occurred_on and (veto.until is null or veto.until > environment_fact.occurred_on)
  where environment_fact.occurred_on <= $as_of
    and extract(year from environment_fact.occurred_on) = extract(year from $as_of::date)
),
total as (
  select rated.subject, rated.plant_code, coalesce(sum(fact.points), 0)::bigint as points,
         max(case when fact.veto = 'red' then 1 else 0 end) as veto_red,
         max(case when fact.veto = 'black' then 1 else 0 end) as veto_black,
         coalesce(list(fact.record order by fact.record) filter (where fact.record is not null),
                  [max(rated.record)]) as because
  from rated
  left join fact on fact.subject = rated.subject and fact.plant_code = rated.plant_code
  group by rated.subject, rated.plant_code
),
model as (
  select max(case when name = 'colours_100.start' then value end) as start,
         max(case when name = 'colours_100.green' then value end) as green,
         max(case when name = 'colours_100.blue' then value end) as blue,
         max(case when name = 'colours_100.yellow' then value end) as yellow,
         max(case when name = 'colours_100.red' then value end) as red
  from policy
  where since <= $as_of and (until is null or until > $as_of)
),
scored as (
  select total.subject, total.plant_code, total.because, total.veto_red, total.veto_black,
         greatest(0, least(100, model.start + total.points)) as points,
         model.green, model.blue, model.yellow, model.red
  from total
  cross join model
  where model.start is not null
)
select subject, plant_code, points,
       case when veto_black = 1 or points < red then 'black'
            when veto_red = 1 or points < yellow then 'red'
            when points < blue then 'yellow'
            when points < green then 'blue'
            else 'green' end as colour,
       because
from scored
