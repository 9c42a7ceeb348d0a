{# The region's rows of the model that is being built, once its edges are resolved: a select. #}
{% macro resolved_identifiers(work) -%}
    {% set identifier = homespun.work_table(work, 'identifier') %}
    {% set edge = homespun.work_table(work, 'edge') %}
    {% set root = homespun.work_table(work, 'root') %}
    with members as (
        select
            identifier.identifier_key,
            identifier.first_message_id,
            identifier.is_shared,
            identifier.age,
            coalesce(root.root, identifier.age) as profile_age
        from {{ identifier }} as identifier
        left join {{ root }} as root on identifier.age = root.component
    ),

    -- An identifier that was first seen in the message that links it never was a profile of its own.
    merges as (
        select
            death.component as age,
            edge.message_id,
            edge.link_rule,
            edge.timestamp
        from {{ homespun.work_table(work, 'death') }} as death
        inner join {{ edge }} as edge on death.edge_number = edge.edge_number
        inner join {{ identifier }} as identifier on death.component = identifier.age
        where identifier.first_message_id is distinct from edge.message_id
    ),

    refusing as (
        select refused.age
        from (
            select
                edge.left_number,
                edge.right_number,
                coalesce(left_end.root, edge.left_number) as left_root,
                coalesce(right_end.root, edge.right_number) as right_root
            from {{ edge }} as edge
            left join {{ root }} as left_end on edge.left_number = left_end.component
            left join {{ root }} as right_end on edge.right_number = right_end.component
        ) as ends
        cross join lateral (
            select ends.left_number as age
            union all
            select ends.right_number as age
        ) as refused
        where ends.left_root != ends.right_root
        group by 1
    )

    select
        members.identifier_key,
        eldest.identifier_key as profile_key,
        merges.message_id as merged_message_id,
        merges.link_rule as merged_rule,
        settings.linked_by,
        true as is_said,
        members.is_shared,
        refusing.age is not null as is_refusing,
        merges.timestamp as merged_at,
        {{ homespun.build_number() }} as build_number
    from members
    inner join {{ identifier }} as eldest on members.profile_age = eldest.age
    cross join {{ ref('int_identity_settings') }} as settings
    left join merges on members.age = merges.age
    left join refusing on members.age = refusing.age
    union all
    select
        identifiers.identifier_key,
        identifiers.identifier_key as profile_key,
        cast(null as {{ dbt.type_string() }}) as merged_message_id,
        cast(null as {{ dbt.type_string() }}) as merged_rule,
        settings.linked_by,
        false as is_said,
        false as is_shared,
        false as is_refusing,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at,
        {{ homespun.build_number() }} as build_number
    from {{ ref('int_identifiers') }} as identifiers
    {% if not work.is_whole %}
    inner join {{ homespun.work_table(work, 'region') }} as region
        on identifiers.identifier_key = region.identifier_key
    {% endif %}
    cross join {{ ref('int_identity_settings') }} as settings
    where identifiers.first_message_id is null
{%- endmacro %}
