{#
    Make what the fixpoint reads, of the region: the identifiers that have an edge which must be
    admitted or refused, numbered by age, the oldest first, and these edges numbered by time. Each
    stands at its origin (see origins), the oldest of those that are one with it from the start. A new
    numbering each time: a message that comes late may be older than all others.

    | table    | one row per                                                                      |
    |----------|----------------------------------------------------------------------------------|
    | born     | component (an identifier that is another's origin, or an edge's end), root: its origin |
    | vertex   | identifier_key at an edge: age, and number, the age of its origin                |
    | edge     | edge_number: its ends (left_key, right_key) and the numbers of these             |
    | holding  | component, id_type: held and allowed, of what is limited                         |
    | apart    | a, b: what an override keeps apart, both ways                                    |
#}
{% macro number_region(work) -%}
    {% set identifiers = ref('int_identifiers') %}
    {% set overrides = ref('int_identity_overrides') %}
    {% set fixed = homespun.work_table(work, 'fixed') %}
    {% set open_edge = homespun.work_table(work, 'open_edge') %}
    {% set edge_end = homespun.work_table(work, 'edge_end') %}
    {% set born = homespun.work_table(work, 'born') %}
    {% set aged = homespun.work_table(work, 'aged') %}
    {% set vertex = homespun.work_table(work, 'vertex') %}
    {% if work.is_whole %}
        {% do work.update({'member': identifiers}) %}
    {% else %}
        {% do work.update({'member': homespun.work_table(work, 'member')}) %}
        {% do homespun.make_table(
            work, 'member',
            'select identifiers.* from ' ~ identifiers ~ ' as identifiers inner join '
            ~ homespun.work_table(work, 'region')
            ~ ' as region on identifiers.identifier_key = region.identifier_key'
        ) %}
    {% endif %}
    {% set select_fixed %}
        select identifier_key, max(is_shared) = 1 as is_shared
        from (
            select identifier_key, 1 as is_shared from ({{ homespun.shared_devices() }}) as device
            where is_shared
            union all
            select left_key as identifier_key, 0 as is_shared from {{ overrides }}
            union all
            select right_key as identifier_key, 0 as is_shared from {{ overrides }}
        ) as fixed
        group by 1
    {% endset %}
    {% do homespun.make_table(work, 'fixed', select_fixed) %}
    {% set select_open_edge %}
        select
            edge.left_key,
            edge.right_key,
            edge.message_id,
            {{ homespun.link_rule('edge.is_alias') }} as link_rule,
            edge.priority,
            false as is_ordained,
            false as is_first,
            edge.timestamp
        from {{ ref('int_later_edges') }} as edge
        {% if not work.is_whole %}
        inner join {{ work.member }} as left_end on edge.left_key = left_end.identifier_key
        inner join {{ work.member }} as right_end on edge.right_key = right_end.identifier_key
        {% endif %}
        left join {{ fixed }} as left_fixed on edge.left_key = left_fixed.identifier_key
        left join {{ fixed }} as right_fixed on edge.right_key = right_fixed.identifier_key
        where
            not edge.is_gone
            and not coalesce(left_fixed.is_shared, false)
            and not coalesce(right_fixed.is_shared, false)
        union all
        select
            origin.first_deciding_key,
            origin.identifier_key,
            origin.first_message_id,
            {{ homespun.link_rule('origin.is_first_alias') }},
            origin.priority,
            false as is_ordained,
            true as is_first,
            origin.first_seen_at
        from ({{ homespun.origins(work) }}) as origin
        {% if not work.is_whole %}
        inner join {{ work.member }} as member
            on origin.first_deciding_key = member.identifier_key
        {% endif %}
        where
            origin.first_deciding_key != origin.identifier_key
            and origin.origin_key = origin.identifier_key
            and not origin.is_shared
            and not origin.is_first_shared
        union all
        select
            override.left_key,
            override.right_key,
            cast(null as {{ dbt.type_string() }}) as message_id,
            'override' as link_rule,
            cast(0 as integer) as priority,
            true as is_ordained,
            false as is_first,
            override.decided_at
        from {{ overrides }} as override
        where override.action = 'merge'
    {% endset %}
    {% do homespun.make_table(work, 'open_edge', select_open_edge) %}
    {% set select_end %}
        select left_key as identifier_key from {{ open_edge }}
        union
        select right_key as identifier_key from {{ open_edge }}
        union
        select left_key as identifier_key from {{ overrides }}
        union
        select right_key as identifier_key from {{ overrides }}
    {% endset %}
    {% do homespun.make_table(work, 'edge_end', select_end) %}
    {# What never was the strongest identifier of a message is nobody's origin. #}
    {% set select_born %}
        select origin.identifier_key as component, origin.origin_key as root
        from ({{ homespun.origins(work) }}) as origin
        left join {{ edge_end }} as edge_end on origin.identifier_key = edge_end.identifier_key
        where
            origin.origin_key != origin.identifier_key
            and (origin.first_decided_at is not null or edge_end.identifier_key is not null)
    {% endset %}
    {% do homespun.make_table(work, 'born', select_born) %}
    {% do homespun.jump_to_roots(work, 'born') %}
    {% set select_aged %}
        select
            member.identifier_key,
            member.id_type,
            member.first_message_id,
            coalesce(born.root, member.identifier_key) as origin_key,
            row_number() over (
                order by
                    member.first_seen_at,
                    member.first_message_id,
                    member.priority,
                    member.id_type,
                    member.id_value
            ) as age
        from {{ work.member }} as member
        inner join (
            select identifier_key from {{ edge_end }}
            union
            select born.root as identifier_key
            from {{ edge_end }} as edge_end
            inner join {{ born }} as born on edge_end.identifier_key = born.component
        ) as concerned
            on member.identifier_key = concerned.identifier_key
        left join {{ born }} as born on member.identifier_key = born.component
        where member.first_message_id is not null
    {% endset %}
    {% do homespun.make_table(work, 'aged', select_aged) %}
    {% set select_vertex %}
        select aged.*, origin.age as number
        from {{ aged }} as aged
        inner join {{ aged }} as origin on aged.origin_key = origin.identifier_key
    {% endset %}
    {% do homespun.make_table(work, 'vertex', select_vertex) %}
    {% set select_edge %}
        select
            row_number() over (
                order by
                    open_edge.is_ordained desc,
                    open_edge.timestamp,
                    open_edge.message_id,
                    open_edge.priority,
                    right_end.age,
                    left_end.age
            ) as edge_number,
            left_end.number as left_number,
            right_end.number as right_number,
            open_edge.left_key,
            open_edge.right_key,
            open_edge.message_id,
            open_edge.link_rule,
            open_edge.is_ordained,
            open_edge.is_first,
            open_edge.timestamp
        from {{ open_edge }} as open_edge
        inner join {{ vertex }} as left_end on open_edge.left_key = left_end.identifier_key
        inner join {{ vertex }} as right_end on open_edge.right_key = right_end.identifier_key
        where left_end.number != right_end.number
    {% endset %}
    {% do homespun.make_table(work, 'edge', select_edge) %}
    {% set select_holding %}
        select
            number as component,
            id_type,
            cast(1 as bigint) as held,
            cast({{ homespun.limit_of('id_type') }} as bigint) as allowed
        from {{ vertex }}
        where {{ homespun.limit_of('id_type') }} is not null
    {% endset %}
    {% do homespun.make_table(work, 'holding', select_holding) %}
    {% set select_apart %}
        select left_end.number as a, right_end.number as b
        from (
            select left_key, right_key from {{ overrides }}
            where action = 'split'
            union all
            select right_key as left_key, left_key as right_key from {{ overrides }}
            where action = 'split'
        ) as override
        inner join {{ vertex }} as left_end on override.left_key = left_end.identifier_key
        inner join {{ vertex }} as right_end on override.right_key = right_end.identifier_key
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, 'apart', select_apart) %}
{%- endmacro %}
