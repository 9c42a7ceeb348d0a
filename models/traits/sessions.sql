{%- set gap = var('homespun_session_minutes') | int -%}
{% call(events) homespun.by_profile() %}
with

actions as (

    select
        *,
        lag(timestamp) over (partition by profile_id order by timestamp, message_id) as previous_at
    from {{ events }}
    where event not in ('$identify', '$group', '$alias')

),

numbered as (

    select
        *,
        sum(
            case
                when timestamp < {{ dbt.dateadd('minute', gap, 'previous_at') }} then 0
                else 1
            end
        ) over (
            partition by profile_id
            order by timestamp, message_id
            rows between unbounded preceding and current row
        ) as session_number
    from actions

)

select
    {{ dbt.hash('min(case when previous_at is null or timestamp >= '
        ~ dbt.dateadd('minute', gap, 'previous_at') ~ ' then message_id end)') }} as session_id,
    profile_id,
    {{ homespun.value_at('min', 'page_path') }} as entry_page_path,
    {{ homespun.value_at('max', 'page_path') }} as exit_page_path,
    {{ homespun.value_at('min', 'page_referrer') }} as referrer,
    {{ homespun.value_at('min', 'channel') }} as channel,
    {{ homespun.value_at('min', 'campaign_name') }} as campaign_name,
    {{ homespun.value_at('min', 'campaign_source') }} as campaign_source,
    {{ homespun.value_at('min', 'campaign_medium') }} as campaign_medium,
    cast(session_number as {{ api.Column.translate_type('bigint') }}) as session_number,
    count(*) as event_count,
    {{ homespun.event_count(['$page', '$screen']) }} as view_count,
    {{ dbt.datediff('min(timestamp)', 'max(timestamp)', 'second') }} as duration_seconds,
    min(timestamp) as started_at,
    max(timestamp) as ended_at
from numbered
group by profile_id, session_number
{% endcall %}
