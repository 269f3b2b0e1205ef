-- grade 年度级别: which grade last year's record gives each taxpayer on $as_of, and whether it burdens or worsens.
-- grain: subject
-- Points are ten-thousandths, so that a share given back stays whole. Who has no yearly base is not graded: silence is never a bad record.
with model as (   -- the measures in force that day: those of 2014 or of 2025
  select max(case when split_part(name, '.', 2) = 'start_full' then value end) as start_full,
         max(case when split_part(name, '.', 2) = 'start' then value end) as start,
         max(case when split_part(name, '.', 2) = 'a' then value end) as a,
         max(case when split_part(name, '.', 2) = 'b' then value end) as b,
         max(case when split_part(name, '.', 2) = 'c' then value end) as c,
         max(case when split_part(name, '.', 2) = 'first_counts' then value end) as first_counts
  from policy
  where split_part(name, '.', 1) in ('grades_2014', 'grades_2025') and since <= $as_of and (until is null or until > $as_of)
),
soon as (
  select max(case when name = 'windows.first' then value end) as first_days,
         max(case when name = 'windows.second' then value end) as second_days,
         max(case when name = 'windows.third' then value end) as third_days,
         max(case when name = 'restores.first' then value end) as first_back,
         max(case when name = 'restores.second' then value end) as second_back,
         max(case when name = 'restores.third' then value end) as third_back,
         max(case when name = 'restores.later' then value end) as later_back
  from policy
  where since <= $as_of and (until is null or until > $as_of)
),
counted as (
  select tax_conduct.subject, tax_conduct.record, points.value as points,
         case when direct.text is not null then 1 else 0 end as direct,
         case when tax_conduct.corrected_on is null or tax_conduct.corrected_on > $as_of then 0
              when date_diff('day', tax_conduct.determined_on, tax_conduct.corrected_on) <= soon.first_days then soon.first_back
              when date_diff('day', tax_conduct.determined_on, tax_conduct.corrected_on) <= soon.second_days then soon.second_back
              when date_diff('day', tax_conduct.determined_on, tax_conduct.corrected_on) <= soon.third_days then soon.third_back
              else soon.later_back end as back
  from tax_conduct
  cross join model
  cross join soon
  join policy as points on points.name = 'points.' || tax_conduct.conduct
   and points.since <= tax_conduct.occurred_on and (points.until is null or points.until > tax_conduct.occurred_on)
  left join policy as direct on direct.name = 'direct.' || tax_conduct.conduct
   and direct.since <= tax_conduct.occurred_on and (direct.until is null or direct.until > tax_conduct.occurred_on)
  where tax_conduct.determined_on <= $as_of and year(tax_conduct.occurred_on) = year($as_of::date) - 1
    and (tax_conduct.repaired_on is null or tax_conduct.repaired_on > $as_of)
    and (tax_conduct.excused is null or (tax_conduct.excused = 'first' and model.first_counts = 1))
),
deducted as (
  select subject, sum(points * (10000 - back))::bigint as points, max(direct) as direct, list(record order by record) as because
  from counted
  group by subject
),
scored as (
  select tax_year.subject, tax_year.record, tax_year.division, tax_year.year,
         greatest(0, (case when tax_year.full_record then model.start_full else model.start end) * 10000
                     - coalesce(deducted.points, 0)) as score,
         coalesce(deducted.direct, 0) as direct, deducted.because,
         case when tax_year.trading and year(tax_year.registered_on) < tax_year.year then 0 else 1 end as fresh,
         model.a * 10000 as a, model.b * 10000 as b, model.c * 10000 as c
  from tax_year
  cross join model
  left join deducted on deducted.subject = tax_year.subject
  where tax_year.year = year($as_of::date) - 1 and model.a is not null
),
graded as (
  select subject, record, division, year, score, because,
         case when direct = 1 or score < c then 'D'
              when score < b then 'C'
              when fresh = 1 then 'M'
              when score < a then 'B'
              else 'A' end as grade
  from scored
),
before as (
  select subject, record, grade,
         row_number() over (partition by subject order by decided_on desc, record desc) as nth
  from tax_grade
  where year = year($as_of::date) - 2 and decided_on <= $as_of and document_number is not null
)
select graded.subject, graded.division, graded.year, graded.score, graded.grade, before.grade as grade_before,
       graded.grade in ('C', 'D')
         or (before.grade is not null and strpos('ABMCD', graded.grade) > strpos('ABMCD', before.grade)) as adverse,
       list_concat(list_concat([graded.record], coalesce(graded.because, []::bigint[])),
                   case when before.record is not null then [before.record] else []::bigint[] end) as because
from graded
left join before on before.subject = graded.subject and before.nth = 1
