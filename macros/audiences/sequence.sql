{#
    The profiles that did one thing and then, or then not, another, as a select of profile_id. What
    happened at the very same moment counts as after, unless it is the same thing twice: then the
    message id decides which was first.
#}
{% macro sequence(first, then, is_followed, within, first_where, then_where, first_within, first_between) -%}
    {%- set is_first = homespun.event_condition(first, first_where, first_within, first_between) -%}
    {#- What came after the first thing came after the edge of its window. -#}
    {%- set since = first_within or (first_between[1] if first_between else none) -%}
    {%- set is_second = homespun.event_condition(then, then_where, since) -%}
    {%- set in_time = 'next_at is not null' -%}
    {%- if within is not none -%}
        {%- set length = homespun.duration(within) -%}
        {%- set in_time = (
            'coalesce(next_at <= ' ~ dbt.dateadd(length.unit, length.number, 'timestamp') ~ ', false)'
        ) -%}
    {%- endif -%}
    select profile_id
    from (
        select
            profile_id,
            timestamp,
            is_first,
            min(case when is_second then timestamp end) over (
                partition by profile_id
                order by timestamp desc, is_second desc, message_id desc
                rows between unbounded preceding and 1 preceding
            ) as next_at
        from (
            select
                profile_id,
                message_id,
                timestamp,
                coalesce({{ is_first }}, false) as is_first,
                coalesce({{ is_second }}, false) as is_second
            from {{ ref('homespun', 'profile_events') }}
        ) as step
        where is_first or is_second
    ) as paired
    where is_first and {{ '' if is_followed else 'not ' }}{{ in_time }}
{%- endmacro %}
