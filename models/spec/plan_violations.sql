with

events as (

    select * from {{ ref('stg_events') }}

),

plan as (

    select * from {{ ref(project_name, var('homespun_tracking_plan')) }}

),

planned_events as (

    select
        call_type,
        event
    from plan
    group by 1, 2

),

planned_properties as (

    select * from plan
    where property is not null

),

messages as (

    select
        message_id,
        type,
        event,
        case when type = 'track' then event else '' end as plan_event,
        case when type in ('identify', 'group') then traits else properties end as body,
        received_at
    from events

),

planned_messages as (

    select messages.*
    from messages
    inner join planned_events
        on
            messages.type = planned_events.call_type
            and messages.plan_event = coalesce(planned_events.event, '')

),

entries as (

    {{ homespun.json_entries('planned_messages', 'body') }}

),

said as (

    select
        planned_messages.message_id,
        planned_messages.type,
        planned_messages.plan_event,
        entries.property_name,
        entries.kind,
        entries.text,
        {{ homespun.cast_text('entries.text', 'number') }} as number
    from planned_messages
    inner join entries on planned_messages.message_id = entries.message_id
    where entries.kind != 'null'

),

unplanned_events as (

    select
        messages.message_id,
        'unplanned_event' as violation,
        cast(null as {{ dbt.type_string() }}) as field,
        'the plan has no such event' as detail
    from messages
    left join planned_events
        on
            messages.type = planned_events.call_type
            and messages.plan_event = coalesce(planned_events.event, '')
    where messages.type = 'track' and planned_events.call_type is null

),

missing_properties as (

    select
        planned_messages.message_id,
        'missing_required' as violation,
        planned_properties.property as field,
        'the plan requires it' as detail
    from planned_messages
    inner join planned_properties
        on
            planned_messages.type = planned_properties.call_type
            and planned_messages.plan_event = coalesce(planned_properties.event, '')
            and planned_properties.is_required
    left join said
        on
            planned_messages.message_id = said.message_id
            and planned_properties.property = said.property_name
    where said.message_id is null

),

judged as (

    select
        said.message_id,
        said.property_name,
        said.kind,
        planned_properties.property,
        planned_properties.property_type,
        planned_properties.allowed_values,
        planned_properties.pattern,
        planned_properties.minimum,
        planned_properties.maximum,
        case planned_properties.property_type
            when 'any' then true
            when 'integer' then said.kind = 'number' and said.number = floor(said.number)
            when 'timestamp'
                then said.kind = 'string' and {{ homespun.utc_timestamp('said.text') }} is not null
            else said.kind = planned_properties.property_type
        end as has_type,
        case
            when planned_properties.allowed_values is null then true
            when strpos(said.text, '|') > 0 then false
            else
                strpos('|' || planned_properties.allowed_values || '|', '|' || said.text || '|')
                > 0
        end as is_allowed,
        {{ homespun.matches('said.text', 'planned_properties.pattern') }} as has_pattern,
        said.number < planned_properties.minimum or said.number > planned_properties.maximum
            as is_out_of_range
    from said
    left join planned_properties
        on
            said.type = planned_properties.call_type
            and said.plan_event = coalesce(planned_properties.event, '')
            and said.property_name = planned_properties.property

),

broken_properties as (

    select
        message_id,
        'unplanned_property' as violation,
        property_name as field,
        'the plan has no such property' as detail
    from judged
    where property is null

    union all

    select
        message_id,
        'wrong_type' as violation,
        property_name as field,
        'is ' || kind || ', the plan says ' || property_type as detail
    from judged
    where not has_type

    union all

    select
        message_id,
        'not_in_enum' as violation,
        property_name as field,
        'allowed: ' || replace(allowed_values, '|', ', ') as detail
    from judged
    where has_type and not is_allowed

    union all

    select
        message_id,
        'pattern_mismatch' as violation,
        property_name as field,
        'pattern: ' || pattern as detail
    from judged
    where has_type and not has_pattern

    union all

    select
        message_id,
        'out_of_range' as violation,
        property_name as field,
        'range: ' || coalesce(cast(minimum as {{ dbt.type_string() }}), '') || ' to '
        || coalesce(cast(maximum as {{ dbt.type_string() }}), '') as detail
    from judged
    where has_type and is_out_of_range

),

violations as (

    select * from unplanned_events
    union all
    select * from missing_properties
    union all
    select * from broken_properties

)

select
    violations.message_id,
    messages.event,
    messages.type,
    violations.violation,
    violations.field,
    violations.detail,
    messages.received_at
from violations
inner join messages on violations.message_id = messages.message_id
