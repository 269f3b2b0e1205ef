-- bill 账单: what each account's reading costs: cubic metres by the base fee, and those of surcharged days by the surcharge.
-- grain: population
-- A litre is never split and money is rounded once. Volumes are thousandths of a cubic metre, prices micro-yuan, amounts fen.
with account as (
  select water_account.subject, water_account.record, water_account.account,
         coalesce(water_account.plant_code, '') as plant_code, water_account.division, water_account.own_well,
         water_account.share, water_account.from_on, water_account.to_on
  from water_account
  where water_account.told <= $as_of and water_account.confirmed_on is not null
),
metered as (   -- who shares a meter on the reading's last day, each with the shares counted before its own
  select account.subject, account.plant_code, account.division, account.own_well, account.account, account.record as account_record,
         water_reading.record as reading_record, water_reading.agency as company,
         water_reading.from_on, water_reading.to_on, water_reading.volume, account.share,
         sum(account.share) over (partition by water_reading.record order by account.subject, account.plant_code, account.record
                                  rows between unbounded preceding and current row)::bigint as share_to
  from water_reading
  join account on account.account = water_reading.account
   and account.from_on < water_reading.to_on and (account.to_on is null or account.to_on >= water_reading.to_on)
  where water_reading.to_on <= $as_of
),
used as (
  select subject, plant_code, division, own_well, account, account_record, reading_record, company, from_on, to_on,
         (volume * share_to) // 1000 - (volume * (share_to - share)) // 1000 as volume
  from metered
),
priced as (
  select used.account_record, used.reading_record,
         arg_max(base.value, base.depth) as base,
         arg_max(rule.text, rule.depth) as start_rule
  from used
  join policy as base on base.name = case when used.own_well then 'base_fee.own_well' else 'base_fee.industry' end
   and base.region in (used.division, left(used.division, 4) || '00', left(used.division, 2) || '0000', '')
   and base.since < used.to_on and (base.until is null or base.until >= used.to_on)
  join policy as rule on rule.name = 'start.mid_cycle'
   and rule.region in (used.division, left(used.division, 4) || '00', left(used.division, 2) || '0000', '')
   and rule.since < used.to_on and (rule.until is null or rule.until >= used.to_on)
  group by used.account_record, used.reading_record
),
tariff as (   -- a later surcharge on the same account takes the earlier one's place; none is charged twice
  select used.account_record, used.reading_record, tariff_in_force.record, tariff_in_force.surcharge,
         case tariff_in_force.tier when 'black' then 3 when 'red_again' then 2 else 1 end as weight, tariff_in_force.from_on, tariff_in_force.to_on,
         lead(tariff_in_force.from_on) over (partition by used.account_record, used.reading_record
           order by tariff_in_force.from_on, tariff_in_force.surcharge, tariff_in_force.record) as next_on
  from used
  join tariff_in_force on tariff_in_force.subject = used.subject
   and coalesce(tariff_in_force.plant_code, '') in (used.plant_code, '')
  where tariff_in_force.from_on < used.to_on and (tariff_in_force.to_on is null or tariff_in_force.to_on > used.from_on)
),
surcharged as (
  select used.account_record, used.reading_record, tariff.record, tariff.surcharge, tariff.weight,
         case when priced.start_rule = 'next_cycle' and tariff.from_on > used.from_on then 0
              else greatest(0, date_diff('day', greatest(used.from_on, tariff.from_on),
                                         least(used.to_on, coalesce(tariff.to_on, used.to_on), coalesce(tariff.next_on, used.to_on)))) end as days,
         date_diff('day', used.from_on, used.to_on) as cycle_days, used.volume
  from used
  join priced on priced.account_record = used.account_record and priced.reading_record = used.reading_record
  join tariff on tariff.account_record = used.account_record and tariff.reading_record = used.reading_record
),
portion as (
  select account_record, reading_record, record, surcharge, weight, days,
         (2 * volume * days + cycle_days) // (2 * cycle_days) as volume
  from surcharged
  where days > 0
),
levied as (
  select account_record, reading_record, sum(days)::bigint as days, sum(volume)::bigint as volume,
         sum(volume * surcharge)::bigint as amount, max(surcharge) as surcharge, max(weight) as weight,
         list(record order by record) as because
  from portion
  group by account_record, reading_record
)
select used.subject, used.account, used.plant_code, used.division, used.company,
       extract(year from used.to_on) * 100 + extract(month from used.to_on) as month,
       used.from_on, used.to_on, used.own_well, used.volume, priced.base,
       coalesce(levied.days, 0) as surcharged_days, coalesce(levied.volume, 0) as surcharged_volume,
       coalesce(levied.surcharge, 0) as surcharge,
       case levied.weight when 3 then 'black' when 2 then 'red_again' when 1 then 'red' end as tier,
       (used.volume * priced.base + 5000000) // 10000000 as base_fen,
       (used.volume * priced.base + coalesce(levied.amount, 0) + 5000000) // 10000000 as fen,
       list_concat([used.reading_record, used.account_record], coalesce(levied.because, [])) as because
from used
join priced on priced.account_record = used.account_record and priced.reading_record = used.reading_record
left join levied on levied.account_record = used.account_record and levied.reading_record = used.reading_record
