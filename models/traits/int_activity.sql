{% call(events) homespun.by_profile() %}
select
    profile_id,
    {{ homespun.event_count() }} as event_count,
    {{ homespun.event_count(['$page', '$screen']) }} as view_count,
    {{ homespun.active_days() }} as active_day_count,
    {{ homespun.active_days(within='7 days') }} as active_day_count_7d,
    {{ homespun.active_days(within='30 days') }} as active_day_count_30d,
    {{ homespun.active_days(within='90 days') }} as active_day_count_90d,
    {{ homespun.last_value('$page', 'message.page_path') }} as last_page_path,
    {{ homespun.first_value(none, 'message.channel') }} as first_channel,
    {{ homespun.last_value(none, 'message.channel') }} as last_channel,
    {{ homespun.first_value(none, 'message.campaign_name') }} as first_campaign_name,
    {{ homespun.first_value(none, 'message.campaign_source') }} as first_campaign_source,
    {{ homespun.last_value(none, 'message.campaign_name') }} as last_campaign_name,
    {{ homespun.last_value(none, 'message.campaign_source') }} as last_campaign_source,
    {{ homespun.last_at('Signed Up') }} as signed_up_at
from {{ events }}
group by 1
{% endcall %}
