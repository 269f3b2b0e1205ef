-- surcharge 加收清单: which tier each plant's newest published rating puts it in, and what a cubic metre costs more for it.
-- grain: subject
-- Counts published ratings, never months. A firm without a rating owes nothing: silence is never a bad record.
with published as (
  select subject, coalesce(plant_code, '') as plant_code, coalesce(division, region) as division, record, colour, kind, period,
         published_on, case when length(period) = 4 then period || 'H2' else period end as ended
  from environment_grade
  where published_on <= $as_of
),
rating as (   -- one rating a period: the one published last
  select subject, plant_code, ended, division, record, colour, period, published_on,
         row_number() over (partition by subject, plant_code, ended order by published_on desc, record desc) as nth
  from published
  where kind = 'rating'
),
sequence as (
  select subject, plant_code, division, record, colour, period, published_on,
         lag(colour) over (partition by subject, plant_code order by ended, record) as colour_before,
         lag(record) over (partition by subject, plant_code order by ended, record) as record_before,
         row_number() over (partition by subject, plant_code order by ended desc, record desc) as age
  from rating
  where nth = 1
),
tiered as (
  select subject, plant_code, division, record, colour, period, published_on, record_before,
         case when colour = 'black' then 'black'
              when colour = 'red' and colour_before = 'red' then 'red_again'
              when colour = 'red' then 'red' end as tier
  from sequence
  where age = 1
),
repair as (   -- repairs to yellow or better since that rating, the first one first
  select tiered.subject, tiered.plant_code, published.published_on, published.record,
         row_number() over (partition by tiered.subject, tiered.plant_code
                            order by published.published_on, published.record) as nth
  from tiered
  join published on published.subject = tiered.subject and published.plant_code = tiered.plant_code
  where published.kind = 'repair' and published.colour in ('green', 'blue', 'yellow')
    and published.published_on >= tiered.published_on
),
standing as (
  select tiered.subject, tiered.plant_code, tiered.division, tiered.tier, tiered.colour, tiered.period, tiered.published_on,
         repair.published_on as repaired_on,
         cast(last_day(repair.published_on) + interval 1 day as date) as until_on,
         list_concat(list_concat([tiered.record],
                                 case when tiered.tier = 'red_again' then [tiered.record_before] else []::bigint[] end),
                     case when repair.record is not null then [repair.record] else []::bigint[] end) as because
  from tiered
  left join repair on repair.subject = tiered.subject and repair.plant_code = tiered.plant_code and repair.nth = 1
  where tiered.tier is not null
),
priced as (   -- the value of the firm's county, else of its city, else of the province; not_yet is a value too
  select standing.subject, standing.plant_code,
         arg_max(coalesce(price.value, 0), price.depth) as surcharge,
         arg_max(coalesce(price.text, ''), price.depth) as said
  from standing
  join policy as price on price.name = 'surcharge.' || standing.tier
   and price.region in (standing.division, left(standing.division, 4) || '00', left(standing.division, 2) || '0000', '')
   and price.since <= $as_of and (price.until is null or price.until > $as_of)
  group by standing.subject, standing.plant_code
)
select standing.subject, standing.plant_code, standing.division, standing.tier, priced.surcharge, standing.colour,
       standing.period, standing.published_on, standing.repaired_on, standing.until_on, standing.because
from standing
join priced on priced.subject = standing.subject and priced.plant_code = standing.plant_code
where priced.said = '' and (standing.until_on is null or standing.until_on > $as_of)
