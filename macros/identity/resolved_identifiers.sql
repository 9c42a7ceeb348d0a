{# The region's rows of the model that is being built, once its edges are resolved: a select. #}
{% macro resolved_identifiers(work) -%}
    with members as (
        select
            identifier.identifier_number,
            identifier.is_shared,
            identifier.age,
            min(identifier.age) over (
                partition by coalesce(root.root, identifier.age)
            ) as profile_age
        from {{ homespun.work_table(work, 'identifier') }} as identifier
        left join {{ homespun.work_table(work, 'root') }} as root
            on identifier.age = root.component
    ),

    merges as (
        select
            death.identifier_number as age,
            edge.message_id,
            edge.link_rule,
            edge.timestamp
        from {{ homespun.work_table(work, 'death') }} as death
        inner join {{ homespun.work_table(work, 'edge') }} as edge
            on death.edge_number = edge.edge_number
    )

    select
        identifiers.identifier_number,
        coalesce(eldest.identifier_number, identifiers.identifier_number) as profile_number,
        {{ homespun.profile_id(
            'coalesce(eldest.id_type, identifiers.id_type)',
            'coalesce(eldest.id_value, identifiers.id_value)'
        ) }} as profile_id,
        identifiers.id_type,
        identifiers.id_value,
        identifiers.first_message_id,
        merges.message_id as merged_message_id,
        merges.link_rule as merged_rule,
        settings.linked_by,
        members.age is not null as is_said,
        coalesce(members.is_shared, false) as is_shared,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        identifiers.first_decided_at,
        identifiers.last_decided_at,
        merges.timestamp as merged_at,
        {{ homespun.build_number() }} as build_number
    from {{ ref('int_identifiers') }} as identifiers
    inner join {{ homespun.work_table(work, 'region') }} as region
        on identifiers.identifier_number = region.identifier_number
    cross join {{ ref('int_identity_settings') }} as settings
    left join members on identifiers.identifier_number = members.identifier_number
    left join members as eldest_member on members.profile_age = eldest_member.age
    left join {{ ref('int_identifiers') }} as eldest
        on eldest_member.identifier_number = eldest.identifier_number
    left join merges on members.age = merges.age
{%- endmacro %}
