-- exit 退出清单: which surcharges in force have lost their ground, why, and from which day they end.
-- grain: subject
-- A better colour ends one from the month after it is published; a colour corrected for the same period ends it from its first day.
with tariff as (
  select subject, coalesce(plant_code, '') as plant_code, division, record, tier, surcharge, case_number, rating_period, decided_on, from_on
  from tariff_in_force
  where from_on <= $as_of and (to_on is null or to_on > $as_of)
),
published as (
  select subject, coalesce(plant_code, '') as plant_code, record, colour, kind, period, published_on,
         case when length(period) = 4 then period || 'H2' else period end as ended
  from environment_grade
  where published_on <= $as_of
),
ground as (
  select tariff.subject, tariff.plant_code, tariff.case_number, published.record, published.published_on,
         case when published.kind = 'rating' and published.period = tariff.rating_period then 'corrected'
              when published.kind = 'rating' then 'rated'
              else 'repaired' end as why
  from tariff
  join published on published.subject = tariff.subject and published.plant_code = tariff.plant_code
  where (published.colour in ('green', 'blue', 'yellow')
         and published.ended >= case when length(tariff.rating_period) = 4 then tariff.rating_period || 'H2'
                                     else tariff.rating_period end)
     or (published.kind = 'rating' and published.period = tariff.rating_period
         and tariff.tier = 'black' and published.colour = 'red')
),
first_ground as (
  select subject, plant_code, case_number, record, published_on, why,
         row_number() over (partition by subject, plant_code, case_number
                            order by case when why = 'corrected' then 0 else 1 end, published_on, record) as nth
  from ground
)
select tariff.subject, tariff.plant_code, tariff.division, tariff.case_number, tariff.tier, tariff.surcharge,
       first_ground.why, first_ground.published_on,
       case when first_ground.why = 'corrected' then tariff.from_on
            else cast(last_day(first_ground.published_on) + interval 1 day as date) end as ends_on,
       [tariff.record, first_ground.record] as because
from tariff
join first_ground on first_ground.subject = tariff.subject and first_ground.plant_code = tariff.plant_code
 and first_ground.case_number = tariff.case_number
where first_ground.nth = 1
