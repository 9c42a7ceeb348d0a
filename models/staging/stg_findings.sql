{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=['{{ homespun.forget_findings() }}', '{{ homespun.forget_revised_findings() }}']
) }}
{#- How deep the plan is followed into a message: products.$.sku is on the third level. #}
{%- set levels = 4 %}
{%- set judged_by_this_plan =
    'plan_version in (select plan.plan_version from ' ~ ref('stg_plan_version') ~ ' as plan)' %}
{%- set fixed_columns = homespun.fixed_columns() %}

with

messages as {{ homespun.inline() }} (

    select
        message_key,
        message_id,
        type as call_type,
        event,
        case when type = 'track' then event else '' end as plan_event,
        event_slug,
        context_protocols_event_version as said_version,
        name as said_name,
        context,
        has_context_misfit,
        case when type in ('identify', 'group') then traits else properties end as body,
        received_at,
        loaded_at
    from {{ ref('stg_messages') }}
    where {{ homespun.is_new(judged_by_this_plan) }}

),

plan as (

    select * from {{ ref('stg_plan') }}

),

plan_version as (

    select * from {{ ref('stg_plan_version') }}

),

planned_versions as (

    select
        call_type,
        event,
        version,
        on_violation
    from plan
    where path = ''

),

planned_events as (

    select
        call_type,
        event,
        min(version) as oldest_version
    from planned_versions
    group by 1, 2

),

planned_messages as {{ homespun.inline() }} (

    -- A message that names no version, or one that is not planned, is held to the oldest.
    select
        messages.*,
        coalesce(said_versions.version, oldest_versions.version) as version,
        coalesce(said_versions.on_violation, oldest_versions.on_violation) as event_reaction
    from messages
    inner join planned_events
        on
            messages.call_type = planned_events.call_type
            and messages.plan_event = planned_events.event
    inner join planned_versions as oldest_versions
        on
            planned_events.call_type = oldest_versions.call_type
            and planned_events.event = oldest_versions.event
            and planned_events.oldest_version = oldest_versions.version
    left join planned_versions as said_versions
        on
            messages.call_type = said_versions.call_type
            and messages.plan_event = said_versions.event
            and messages.said_version = said_versions.version

),

level_0 as {{ homespun.inline() }} (

    -- A node is a value somewhere in a message; opening and depth say how to write a patch that
    -- removes it, or the array that it is in.
    select
        message_key,
        message_id,
        call_type,
        event,
        plan_event,
        event_slug,
        version,
        event_reaction,
        received_at,
        loaded_at,
        '' as path,
        body as node,
        '' as opening,
        0 as depth,
        false as is_in_array
    from planned_messages

),

{% for level in range(1, levels + 1) -%}
entries_{{ level }} as {{ homespun.inline() }} (

    {{ homespun.json_entries('level_' ~ (level - 1), 'node') }}
    {%- if level > 1 %}

    union all

    {{ homespun.json_items('level_' ~ (level - 1), 'node') }}
    {%- endif %}

),

placed_{{ level }} as {{ homespun.inline() }} (

    select
        message_key,
        message_id,
        call_type,
        event,
        plan_event,
        event_slug,
        version,
        event_reaction,
        received_at,
        loaded_at,
        {{ homespun.path_join('path', 'entry_key', 'is_item') }} as path,
        entry_value as node,
        entry_kind as kind,
        entry_text as text,
        case
            when is_in_array or is_item then opening
            else opening || '{' || {{ homespun.json_quote('entry_key') }} || ':'
        end as opening,
        case when is_in_array or is_item then depth else depth + 1 end as depth,
        is_in_array or is_item as is_in_array
    from entries_{{ level }}
    where entry_kind != 'null'

),

ruled_{{ level }} as {{ homespun.inline() }} (

    select
        placed_{{ level }}.*,
        plan.path is not null as is_planned,
        plan.has_children,
        plan.property_type,
        plan.allowed_values,
        plan.pattern,
        plan.minimum,
        plan.maximum,
        coalesce(plan.on_violation, placed_{{ level }}.event_reaction) as reaction,
        case plan.property_type
            when 'any' then true
            when 'integer'
                then
                    placed_{{ level }}.kind = 'number'
                    and {{ homespun.cast_text('placed_' ~ level ~ '.text', 'integer') }} is not null
            when 'timestamp'
                then
                    placed_{{ level }}.kind = 'string'
                    and {{ homespun.utc_timestamp('placed_' ~ level ~ '.text') }} is not null
            else placed_{{ level }}.kind = plan.property_type
        end as has_type,
        {{ homespun.is_allowed(
            'placed_' ~ level ~ '.text', 'placed_' ~ level ~ '.kind', 'plan.allowed_values'
        ) }} as is_allowed,
        coalesce({{ homespun.matches('placed_' ~ level ~ '.text', 'plan.pattern') }}, true)
            as has_pattern,
        case
            when placed_{{ level }}.kind != 'number' then true
            when
                plan.minimum is null
                and plan.maximum is null
                and coalesce(plan.property_type, '') != 'number'
                then true
            else coalesce(
                {{ homespun.cast_text('placed_' ~ level ~ '.text', 'number') }}
                between coalesce(plan.minimum, {{ homespun.cast_text("'-1e28'", 'number') }})
                and coalesce(plan.maximum, {{ homespun.cast_text("'1e28'", 'number') }}),
                false
            )
        end as is_in_range
    from placed_{{ level }}
    left join plan
        on
            placed_{{ level }}.call_type = plan.call_type
            and placed_{{ level }}.plan_event = plan.event
            and placed_{{ level }}.version = plan.version
            and placed_{{ level }}.path = plan.path
            and plan.path != ''

),

judged_{{ level }} as {{ homespun.kept() }} (

    -- What is well and has nothing planned inside, which is nearly all, ends here.
    select * from ruled_{{ level }}
    where
        not is_planned
        or not has_type
        or not is_allowed
        or not has_pattern
        or not is_in_range
        or has_children
        or (kind = 'object' and property_type = 'any')

),

level_{{ level }} as {{ homespun.kept() }} (

    select
        message_key,
        message_id,
        call_type,
        event,
        plan_event,
        event_slug,
        version,
        event_reaction,
        received_at,
        loaded_at,
        path,
        node,
        opening,
        depth,
        is_in_array
    from judged_{{ level }}
    where has_children and has_type and kind in ('object', 'array')

),

{% endfor -%}
judged as (
    {% for level in range(1, levels + 1) %}
    select * from judged_{{ level }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

objects as {{ homespun.inline() }} (
    {% for level in range(levels + 1) %}
    select * from level_{{ level }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

missing as (

    select
        objects.message_key,
        objects.message_id,
        objects.call_type,
        objects.event,
        'missing_required' as finding,
        plan.path as field,
        'the plan requires it' as detail,
        null as value,
        null as table_name,
        null as column_name,
        plan.on_violation as reaction,
        null as patch,
        objects.received_at,
        objects.loaded_at
    from objects
    inner join plan
        on
            objects.call_type = plan.call_type
            and objects.plan_event = plan.event
            and objects.version = plan.version
            and objects.path = plan.parent_path
            and plan.is_required
    where
        ({{ homespun.is_json_object('objects.node') }} or objects.path = '')
        and {{ homespun.json_misses('objects.node', 'plan.property_key') }}

),

unplanned_events as (

    select
        messages.message_key,
        messages.message_id,
        messages.call_type,
        messages.event,
        'unplanned_event' as finding,
        null as field,
        'the plan has no such event' as detail,
        null as value,
        null as table_name,
        null as column_name,
        '{{ var("homespun_on_unplanned_event") }}' as reaction,
        null as patch,
        messages.received_at,
        messages.loaded_at
    from messages
    left join planned_events
        on
            messages.call_type = planned_events.call_type
            and messages.plan_event = planned_events.event
    where messages.call_type = 'track' and planned_events.call_type is null

),

broken as (
    {% for finding, condition, detail in [
        ('unplanned_property', 'not is_planned', "'the plan has no such property'"),
        ('wrong_type', 'not has_type', "'is ' || kind || ', the plan says ' || property_type"),
        (
            'not_in_enum', 'has_type and not is_allowed',
            "'allowed: ' || replace(allowed_values, '|', ', ')"
        ),
        ('pattern_mismatch', 'has_type and not has_pattern', "'pattern: ' || pattern"),
        (
            'out_of_range', 'has_type and not is_in_range',
            "'range: ' || coalesce(cast(minimum as " ~ dbt.type_string() ~ "), '-1e28') || ' to ' "
            ~ "|| coalesce(cast(maximum as " ~ dbt.type_string() ~ "), '1e28')"
        ),
    ] %}
    select
        message_key,
        message_id,
        call_type,
        event,
        '{{ finding }}' as finding,
        path as field,
        {{ detail }} as detail,
        null as value,
        null as table_name,
        null as column_name,
        reaction,
        opening || 'null' || repeat('}', depth) as patch,
        received_at,
        loaded_at
    from judged
    where {{ condition }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

misfits as (

    -- Values that a column of the event's table cannot hold, and what is sent where the plan has an
    -- object. An object is in the columns of what is in it, and never in one of its own name.
    select
        message_key,
        message_id,
        call_type,
        event,
        'discarded' as finding,
        path as field,
        case
            when property_type = 'object' then 'is ' || kind || ', the plan has an object'
            when has_type and kind = 'number' then 'is too great for the column'
            when property_type = 'any' then 'is object, the column is string'
            else 'is ' || kind || ', the column is ' || property_type
        end as detail,
        text as value,
        event_slug as table_name,
        {{ homespun.snake_case('path') }} as column_name,
        'allow' as reaction,
        null as patch,
        received_at,
        loaded_at
    from judged
    where
        call_type = 'track'
        and not is_in_array
        and case
            when kind = 'object'
                then
                    property_type = 'array'
                    or (property_type != 'object' and not has_children)
            else property_type = 'object' or {{ homespun.is_misfit('text', 'property_type') }}
        end

),

planned_tables as (

    -- Events whose names become the same share a table, planned or not.
    select {{ homespun.snake_case('event') }} as table_name from planned_events
    where call_type = 'track'
    group by 1

),

table_columns as (

    select
        {{ homespun.snake_case('event') }} as table_name,
        {{ homespun.snake_case('path') }} as column_name,
        case min(property_type) when 'any' then 'string' else min(property_type) end as column_type
    from plan
    where
        call_type = 'track'
        and property_type != 'object'
        and (property_type = 'array' or not has_children)
        and path not like '%.$'
        and path not like '%.$.%'
    group by 1, 2
    having count(distinct property_type) = 1
    {%- for column in fixed_columns %}

    union all

    select
        '{{ column.table }}' as table_name,
        '{{ column.name }}' as column_name,
        '{{ column.type }}' as column_type
    {%- endfor %}

),

candidates as {{ homespun.inline() }} (

    -- Messages with a table, and a body whose names may not be those of the plan, or of no column,
    -- or with a trait that its column cannot hold.
    select
        messages.*,
        {{ homespun.call_table('messages.call_type', 'messages.event_slug') }} as table_name
    from messages
    left join planned_tables
        on messages.call_type = 'track' and messages.event_slug = planned_tables.table_name
    left join planned_events
        on
            messages.call_type = planned_events.call_type
            and messages.plan_event = planned_events.event
    where
        (messages.call_type != 'track' or planned_tables.table_name is not null)
        and {{ homespun.is_json_object('messages.body') }}
        and (
            (messages.call_type = 'track' and planned_events.call_type is null)
            or {{ homespun.has_loose_names('messages.body') }}
            or {{ homespun.has_reserved_names('messages.body') }}
            {%- for column in fixed_columns if column.call and column.type != 'string' %}
            {%- set text = homespun.json_text('messages.body', [column.name]) %}
            or (
                messages.call_type = '{{ column.call }}'
                and {{ text }} is not null
                and {{ homespun.cast_text(text, column.type) }} is null
            )
            {%- endfor %}
        )

),

leaves as {{ homespun.inline() }} (

    {{ homespun.json_leaves('candidates', 'body') }}

),

ranked as {{ homespun.kept() }} (

    select
        *,
        case call_type
            {%- for call in ['track', 'identify', 'group', 'page', 'screen', 'alias'] %}
            when '{{ call }}'
                then leaf_name in ('{{ homespun.reserved_columns(call) | join("', '") }}') -- noqa: LT05
            {%- endfor %}
            else false
        end
        -- The name of a page or a screen is a property where the call has none of its own.
        and not (
            call_type in ('page', 'screen')
            and leaf_name = 'name'
            and coalesce(said_name, leaf_text) = leaf_text
        ) as is_reserved,
        row_number() over (
            partition by message_key, leaf_name
            order by
                case when is_opened then 1 else 0 end,
                case when leaf_name = leaf_field then 0 else 1 end,
                leaf_number
        ) as rank
    from leaves

),

unnamed as (

    select
        message_key,
        message_id,
        call_type,
        event,
        'discarded' as finding,
        leaf_field as field,
        case
            when leaf_name is null then 'no letter or digit is left of its name'
            when is_reserved then 'its name is reserved'
            else 'another property has its name'
        end as detail,
        leaf_text as value,
        table_name,
        leaf_name as column_name,
        'allow' as reaction,
        null as patch,
        received_at,
        loaded_at
    from ranked
    where
        (leaf_name is null or is_reserved or rank > 1)
        and leaf_text is not null
        and not is_opened

),

named_misfits as (

    -- Values that reached a column by its name, not by a path of the plan, and do not fit it.
    select
        ranked.message_key,
        ranked.message_id,
        ranked.call_type,
        ranked.event,
        'discarded' as finding,
        ranked.leaf_field as field,
        case when ranked.is_opened then 'is object, ' else '' end
        || 'the column is '
        || table_columns.column_type as detail,
        ranked.leaf_text as value,
        ranked.table_name,
        ranked.leaf_name as column_name,
        'allow' as reaction,
        null as patch,
        ranked.received_at,
        ranked.loaded_at
    from ranked
    inner join table_columns
        on
            ranked.table_name = table_columns.table_name
            and ranked.leaf_name = table_columns.column_name
    left join misfits
        on
            ranked.message_key = misfits.message_key
            and ranked.leaf_name = misfits.column_name
    where
        ranked.rank = 1
        and not ranked.is_reserved
        and ranked.leaf_text is not null
        and misfits.message_key is null
        and case
            when ranked.is_opened then true
            else {{ homespun.is_misfit('ranked.leaf_text', 'table_columns.column_type') }}
        end

),

odd_contexts as {{ homespun.inline() }} (

    select * from messages
    where has_context_misfit

),

context_leaves as {{ homespun.inline() }} (

    {{ homespun.json_leaves('odd_contexts', 'context') }}

),

context_misfits as (

    select
        context_leaves.message_key,
        context_leaves.message_id,
        context_leaves.call_type,
        context_leaves.event,
        'discarded' as finding,
        'context.' || context_leaves.leaf_field as field,
        'the column is ' || table_columns.column_type as detail,
        context_leaves.leaf_text as value,
        {{ homespun.call_table('context_leaves.call_type', "'tracks'") }} as table_name,
        table_columns.column_name,
        'allow' as reaction,
        null as patch,
        context_leaves.received_at,
        context_leaves.loaded_at
    from context_leaves
    inner join table_columns
        on
            table_columns.table_name = '*'
            and 'context_' || context_leaves.leaf_name = table_columns.column_name
    where
        context_leaves.leaf_text is not null
        and {{ homespun.is_misfit('context_leaves.leaf_text', 'table_columns.column_type') }}

),

found as (
    {% for relation in [
        'unplanned_events', 'missing', 'broken', 'misfits', 'unnamed', 'named_misfits', 'context_misfits',
    ] %}
    select * from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

findings as (

    -- Several items of an array may break one rule, and a value have no place for several reasons:
    -- that is one finding.
    select
        message_key,
        message_id,
        call_type,
        event,
        finding,
        field,
        min(detail) as detail,
        value,
        table_name,
        column_name,
        reaction,
        patch,
        received_at,
        loaded_at
    from found
    group by 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14

),

judged_until as (

    -- The row without a message says which plan has judged, and up to when.
    select
        null as message_key,
        null as message_id,
        null as call_type,
        null as event,
        'judged' as finding,
        null as field,
        null as detail,
        null as value,
        null as table_name,
        null as column_name,
        'allow' as reaction,
        null as patch,
        null as received_at,
        max(loaded_at) as loaded_at
    from {{ ref('stg_messages') }}

),

everything as (

    select * from findings
    union all
    select * from judged_until

)

select
    everything.message_key,
    everything.message_id,
    everything.call_type as type,
    everything.event,
    everything.finding,
    everything.field,
    everything.detail,
    everything.value,
    everything.table_name,
    everything.column_name,
    everything.reaction,
    case when everything.reaction = 'omit' then everything.patch end as patch,
    plan_version.plan_version,
    everything.received_at,
    everything.loaded_at
from everything
cross join plan_version
