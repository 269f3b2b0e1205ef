-- own_credit 自身价格信用状况: what is public about a firm in price matters, to be written into its commitment beforehand.
-- grain: subject
-- Price penalties still published, with the fields that prove them, and commitments it made before.
with penalised as (
  select subject, record, 1 as penalties, 0 as commitments
  from administrative_penalty
  where contains(coalesce(penalty_basis, ''), '价格') and document_number is not null
    and decided_on <= $as_of and publicity_ends_on > $as_of
),
promised as (
  select subject, record, 0 as penalties, 1 as commitments
  from price_commitment
  where signed_on < $as_of
),
told as (
  select subject, record, penalties, commitments
  from penalised
  union all
  select subject, record, penalties, commitments
  from promised
)
select subject, sum(penalties)::bigint as penalties, sum(commitments)::bigint as commitments,
       list(record order by record) as because
from told
group by subject
