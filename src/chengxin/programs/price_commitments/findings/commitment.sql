-- commitment 承诺: each commitment that was received, and how it stands on $as_of.
-- grain: subject
select subject, record, division, number, matter, area, channel, template, signed_on, valid_to, text_hash, file_hash,
       case when withdrawn_on <= $as_of then 'withdrawn'
            when valid_to <= $as_of then 'ended'
            when signed_on > $as_of then 'ahead'
            else 'running' end as state,
       [record] as because
from price_commitment
