{% call(events) homespun.by_profile() %}
select
    profile_id,
    {{ homespun.last_value('$group', 'message.group_id') }} as account_id,
    {{ homespun.last_value('Account Added User', 'role') }} as account_role,
    {{ homespun.last_value('Trial Started', 'trial_plan_name') }} as trial_plan_name,
    {{ homespun.last_at('Trial Started') }} as trial_started_at,
    {{ homespun.last_value('Trial Started', 'trial_end_date', type='timestamp') }} as trial_due_at,
    {{ homespun.last_at('Trial Ended') }} as trial_ended_at
from {{ events }}
group by 1
{% endcall %}
