{#
    Make what the fixpoint reads, of the region: identifiers by age, the oldest first, and edges by
    time. A new numbering each time: a message that comes late may be older than all others.
#}
{% macro number_region(work) -%}
    {% set identifier = homespun.work_table(work, 'identifier') %}
    {% set select_identifier %}
        select
            identifiers.identifier_key,
            identifiers.id_type,
            identifiers.first_message_id,
            coalesce(device.is_shared, false) as is_shared,
            row_number() over (
                order by
                    identifiers.first_seen_at,
                    identifiers.first_message_id,
                    identifiers.priority,
                    identifiers.id_type,
                    identifiers.id_value
            ) as age
        from {{ ref('int_identifiers') }} as identifiers
        {% if not work.is_whole %}
        inner join {{ homespun.work_table(work, 'region') }} as region
            on identifiers.identifier_key = region.identifier_key
        {% endif %}
        left join ({{ homespun.shared_devices() }}) as device
            on identifiers.identifier_key = device.identifier_key
        where identifiers.first_message_id is not null
    {% endset %}
    {% do homespun.make_table(work, 'identifier', select_identifier) %}
    {% set select_edge %}
        select
            row_number() over (
                order by is_ordained desc, timestamp, message_id, priority, right_number, left_number
            ) as edge_number,
            left_number,
            right_number,
            message_id,
            link_rule,
            is_ordained,
            timestamp
        from (
            select
                left_end.age as left_number,
                right_end.age as right_number,
                edges.message_id,
                edges.link_rule,
                edges.priority,
                false as is_ordained,
                edges.timestamp
            from {{ ref('int_identity_edges') }} as edges
            inner join {{ identifier }} as left_end on edges.left_key = left_end.identifier_key
            inner join {{ identifier }} as right_end on edges.right_key = right_end.identifier_key
            where not edges.is_gone and not left_end.is_shared and not right_end.is_shared
            union all
            {{ homespun.overrides_by_age(work, 'merge') }}
        ) as edges
    {% endset %}
    {% do homespun.make_table(work, 'edge', select_edge) %}
    {% set select_holding %}
        select
            age as component,
            id_type,
            cast(1 as bigint) as held,
            cast({{ homespun.limit_of('id_type') }} as bigint) as allowed
        from {{ identifier }}
        where {{ homespun.limit_of('id_type') }} is not null
    {% endset %}
    {% do homespun.make_table(work, 'holding', select_holding) %}
    {% set select_apart %}
        select left_number as a, right_number as b
        from ({{ homespun.overrides_by_age(work, 'split') }}) as split_override
        union
        select right_number as a, left_number as b
        from ({{ homespun.overrides_by_age(work, 'split') }}) as split_override
    {% endset %}
    {% do homespun.make_table(work, 'apart', select_apart) %}
{%- endmacro %}
