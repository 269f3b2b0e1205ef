-- breach 违诺事实: which promised content the records show to be broken while the commitment ran.
-- grain: subject
-- A failed check counts once its date to correct has passed without a check that found it mended; a price penalty
-- counts with the fields that prove it. What nobody checked is not a breach.
with running as (
  select subject, record, division, number, matter, signed_on,
         least(valid_to, coalesce(withdrawn_on, valid_to)) as over_on
  from price_commitment
  where signed_on <= $as_of
),
failed as (
  select running.subject, running.division, running.number, running.matter, found.content, 'check' as fact,
         coalesce(found.document_number, '') as document_number, found.checked_on as found_on,
         running.record as promise_record, found.record as fact_record
  from price_check as found
  join running on running.subject = found.subject and running.number = found.commitment
   and found.checked_on >= running.signed_on and found.checked_on < running.over_on
  left join price_check as mended on mended.subject = found.subject and mended.commitment = found.commitment
   and mended.content = found.content and mended.outcome <> 'failed'
   and mended.checked_on >= found.checked_on and mended.checked_on <= found.correct_by
  where found.outcome = 'failed' and found.correct_by < $as_of and mended.record is null
),
penalised as (
  select running.subject, running.division, running.number, running.matter, content.text as content, 'penalty' as fact,
         penalty.document_number, penalty.decided_on as found_on,
         running.record as promise_record, penalty.record as fact_record
  from administrative_penalty as penalty
  join running on running.subject = penalty.subject
   and penalty.decided_on >= running.signed_on and penalty.decided_on < running.over_on
  join policy as content on content.name = 'grounds.price_penalty'
   and content.since <= penalty.decided_on and (content.until is null or content.until > penalty.decided_on)
  where contains(coalesce(penalty.penalty_basis, ''), '价格') and penalty.document_number is not null
    and penalty.publicity_ends_on is not null and penalty.decided_on <= $as_of
),
facts as (
  select subject, division, number, matter, content, fact, document_number, found_on, promise_record, fact_record
  from failed
  union all
  select subject, division, number, matter, content, fact, document_number, found_on, promise_record, fact_record
  from penalised
)
select subject, division, number, matter, content, number || '/' || content as part,
       min(fact) as fact, min_by(document_number, fact_record) as document_number, min(found_on) as found_on,
       count(*)::bigint as facts,
       list_sort(list_distinct(flatten(list([promise_record, fact_record] order by fact_record)))) as because
from facts
group by subject, division, number, matter, content
