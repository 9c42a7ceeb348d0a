with

plan as (

    select * from {{ ref(project_name, var('homespun_tracking_plan')) }}

),

told as (

    select
        call_type,
        coalesce(event, '') as event,
        coalesce(version, 1) as version,
        coalesce(property, '') as path,
        case when property is null then 'object' else property_type end as property_type,
        coalesce(is_required, false) as is_required,
        allowed_values,
        pattern,
        minimum,
        maximum,
        on_violation
    from plan

),

events as (

    select
        call_type,
        event,
        version,
        coalesce(
            max(case when path = '' then on_violation end),
            '{{ var("homespun_on_violation") }}'
        ) as on_violation
    from told
    group by 1, 2, 3

),

{% set steps = ['told'] -%}
{%- for _ in range(4) %}
{%- set step = 'parents_' ~ loop.index -%}
{{ step }} as (

    -- An object or array that only its inner properties tell of.
    select
        call_type,
        event,
        version,
        {{ homespun.path_parent('path') }} as path,
        min(case when path like '%.$' then 'array' else 'object' end) as property_type
    from {{ steps[-1] }}
    where path != ''
    group by 1, 2, 3, 4

),

{% do steps.append(step) -%}
{%- endfor -%}
implied as (
    {% for step in steps[1:] %}
    select * from {{ step }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

implied_properties as (

    select
        implied.call_type,
        implied.event,
        implied.version,
        implied.path,
        min(implied.property_type) as property_type,
        max(case when told.path is null then 1 else 0 end) = 1 as is_implied
    from implied
    left join told
        on
            implied.call_type = told.call_type
            and implied.event = told.event
            and implied.version = told.version
            and implied.path = told.path
    group by 1, 2, 3, 4

),

properties as (

    select
        call_type,
        event,
        version,
        path,
        property_type,
        is_required,
        allowed_values,
        pattern,
        minimum,
        maximum,
        on_violation
    from told

    union all

    select
        call_type,
        event,
        version,
        path,
        property_type,
        false as is_required,
        null as allowed_values,
        null as pattern,
        null as minimum,
        null as maximum,
        null as on_violation
    from implied_properties
    where is_implied

)

select
    properties.call_type,
    properties.event,
    properties.version,
    properties.path,
    case
        when properties.path != '' then {{ homespun.path_parent('properties.path') }}
    end as parent_path,
    {{ homespun.path_key('properties.path') }} as property_key,
    properties.property_type,
    properties.allowed_values,
    properties.pattern,
    coalesce(properties.on_violation, events.on_violation) as on_violation,
    properties.minimum,
    properties.maximum,
    properties.is_required,
    implied_properties.path is not null as has_children
from properties
inner join events
    on
        properties.call_type = events.call_type
        and properties.event = events.event
        and properties.version = events.version
left join implied_properties
    on
        properties.call_type = implied_properties.call_type
        and properties.event = implied_properties.event
        and properties.version = implied_properties.version
        and properties.path = implied_properties.path
