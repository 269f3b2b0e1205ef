-- Yearly grades side by side become one rating a site and year; see env_credit_ningxia.yml for what is presumed.
with site as (
  select _row, id, name, city, uscc, permission, normal_code(uscc) as code, normal_code(permission) as permit,
         env_credit_2016, env_credit_2017, env_credit_2018, env_credit_2019
  from source
),
proven as (   -- whose it is: by the code itself, else by the permit number that begins with one
  select *, case when whole_uscc(code) then code when whole_uscc(left(permit, 18)) then left(permit, 18) end as bearer,
         whole_uscc(code) as told
  from site
),
permitted as (
  select *, case when whole_permit(permit) and left(permit, 18) = bearer then permit end as own_permit
  from proven
),
counted as (
  select *, case when bearer is not null then count(*) over (partition by bearer, own_permit) end as lines
  from permitted
),
rated as (
  unpivot counted on env_credit_2016, env_credit_2017, env_credit_2018, env_credit_2019 into name heading value grade
)
select _row, name,
       coalesce(bearer, uscc) as uscc,
       case when bearer is null then permission else own_permit end as permit_number,
       case when lines > 1 then id else right(own_permit, 4) end as plant_code,
       case trim(city) when '银川' then '640100' when '石嘴山' then '640200' when '吴忠' then '640300'
                       when '固原' then '640400' when '中卫' then '640500' end as division,
       right(heading, 4) as period,
       case trim(grade) when '1' then 'green' when '2' then 'blue' when '3' then 'yellow' when '4' then 'red'
                        else grade end as colour,
       'rating' as kind,
       right(heading, 4) || '-12-31' as published_on,
       case when bearer is not null and not told then 'recovered_from_permit'
            when lines > 1 then 'shared_code'
            when own_permit is null and permit <> '' then 'permit_set_aside' end as _note
from rated
where trim(grade) <> ''
order by _row, period
