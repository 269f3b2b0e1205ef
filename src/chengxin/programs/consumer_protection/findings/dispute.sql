-- dispute 消费纠纷: how far each dispute has come on $as_of, and whether the trader came when it was called.
-- grain: subject
-- A complaint is no misconduct: nothing else reads this.
select subject, record, division, number, filed_on, taken_up_on, called_on, came_on, closed_on, coalesce(outcome, '') as outcome,
       coalesce(mediations, 0) as mediations,
       case when closed_on <= $as_of then 'closed'
            when mediations > 0 then 'mediated'
            when called_on <= $as_of then 'called'
            when taken_up_on <= $as_of then 'taken_up'
            else 'filed' end as stage,
       case when called_on is null or called_on > $as_of then ''
            when came_on <= called_on then 'on_time'
            else 'late' end as attendance,
       case when closed_on is null or closed_on > $as_of or coalesce(mediations, 0) = 0 then ''
            when outcome = 'settled' and mediations = 1 then 'at_once'
            when outcome = 'settled' then 'later'
            else 'not' end as settlement,
       [record] as because
from consumer_dispute
where filed_on <= $as_of
