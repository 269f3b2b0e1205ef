-- doubt 存疑：which listings in force the platform asks the court about: no end where one is due, or one too far off.
-- grain: subject
-- A question to the court and no more: the content is the court's, and nothing here changes it.
select listing.subject, listing.division, listing.court, listing.case_number,
       case when listing.ends_on is null and listing.conduct <> 'refuses' then 'no_end'
            when date_diff('day', listing.published_on, listing.ends_on) > longest.value then 'too_long'
            else 'performed' end as doubt,
       [listing.record] as because
from judgment_defaulter as listing
join policy as longest on longest.name = 'terms.longest'
 and longest.since <= listing.published_on and (longest.until is null or longest.until > listing.published_on)
where listing.published_on <= $as_of and (listing.ends_on is null or listing.ends_on > $as_of)
  and ((listing.ends_on is null and listing.conduct <> 'refuses')
       or date_diff('day', listing.published_on, listing.ends_on) > longest.value
       or listing.performance = 'whole')
