{#
    The region's rows of the model that is being built, once its edges are resolved: a select. An
    identifier has one if an edge had to be resolved at it, if others may follow it to its origin, or
    if it has one already; the others are where their origin is. A profile that may have lost one has
    a row too, and one more, so that there always is one, says which build was the last.
#}
{% macro resolved_identifiers(work, known=none) -%}
    {% set fixed = homespun.work_table(work, 'fixed') %}
    {% set born = homespun.work_table(work, 'born') %}
    {% set vertex = homespun.work_table(work, 'vertex') %}
    {% set edge = homespun.work_table(work, 'edge') %}
    {% set root = homespun.work_table(work, 'root') %}
    with asked as (
        select identifier_key from {{ vertex }}
        union
        select component as identifier_key from {{ born }}
        union
        select identifier_key from {{ fixed }}
        union
        select member.identifier_key
        from {{ work.member }} as member
        inner join {{ fixed }} as fixed on member.first_deciding_key = fixed.identifier_key
        union
        select min(identifier_key) as identifier_key from {{ work.member }}
        {%- if known %}
        union
        select member.identifier_key
        from {{ work.member }} as member
        inner join {{ known }} as known on member.identifier_key = known.identifier_key
        union
        select profile_key as identifier_key from {{ homespun.work_table(work, 'losing') }}
        {%- endif %}
    ),

    merges as (
        select
            vertex.identifier_key,
            edge.message_id,
            edge.link_rule,
            edge.timestamp
        from {{ homespun.work_table(work, 'death') }} as death
        inner join {{ edge }} as edge on death.edge_number = edge.edge_number
        inner join {{ vertex }} as vertex on death.component = vertex.age
        -- What was first seen in the message that links it never was a profile of its own.
        where vertex.first_message_id is distinct from edge.message_id
    ),

    refused as (
        select edge.left_key, edge.right_key, edge.is_first
        from {{ edge }} as edge
        left join {{ root }} as left_end on edge.left_number = left_end.component
        left join {{ root }} as right_end on edge.right_number = right_end.component
        where
            coalesce(left_end.root, edge.left_number)
            != coalesce(right_end.root, edge.right_number)
    ),

    refusing as (
        select identifier_key, max(is_born_apart) = 1 as is_born_apart
        from (
            select left_key as identifier_key, 0 as is_born_apart from refused
            union all
            select
                right_key as identifier_key,
                case when is_first then 1 else 0 end as is_born_apart
            from refused
        ) as ends
        group by 1
    ),

    outcome as (
        select
            vertex.identifier_key,
            eldest.identifier_key as profile_key,
            merges.message_id as merged_message_id,
            merges.link_rule as merged_rule,
            refusing.identifier_key is not null as is_refusing,
            coalesce(refusing.is_born_apart, false) as is_born_apart,
            merges.timestamp as merged_at
        from {{ vertex }} as vertex
        left join {{ root }} as root on vertex.number = root.component
        inner join {{ vertex }} as eldest on coalesce(root.root, vertex.number) = eldest.age
        left join merges on vertex.identifier_key = merges.identifier_key
        left join refusing on vertex.identifier_key = refusing.identifier_key
    )

    select
        member.identifier_key,
        coalesce(origin.profile_key, born.root, member.origin_key) as profile_key,
        own.merged_message_id,
        own.merged_rule,
        settings.linked_by,
        member.is_shared and member.first_message_id is not null as is_shared,
        coalesce(own.is_refusing, false) as is_refusing,
        coalesce(own.is_born_apart, false) as is_born_apart,
        own.merged_at,
        {% if known -%}
        (select max(begun_in) from {{ known }}) as begun_in,
        {%- else -%}
        {{ homespun.build_number() }} as begun_in,
        {%- endif %}
        {{ homespun.build_number() }} as build_number
    from ({{ homespun.origins(work) }}) as member
    inner join asked on member.identifier_key = asked.identifier_key
    left join {{ born }} as born on member.origin_key = born.component
    left join outcome as origin
        on coalesce(born.root, member.origin_key) = origin.identifier_key
    left join outcome as own on member.identifier_key = own.identifier_key
    cross join {{ ref('int_identity_settings') }} as settings
{%- endmacro %}
