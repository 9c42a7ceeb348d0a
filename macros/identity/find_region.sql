{#
    Find the identifiers whose profiles may change: fills `region` (identifier_key), and `losing`
    (profile_key), the profiles that may lose one.

    They are those of new and changed messages, what was resolved before of their profiles, and of the
    profiles that a refusal ties to these: a refusal rests on what both sides held at that time, so it
    may have been decided otherwise. Only if it came after the first change, though: what is earlier
    cannot depend on what is later, so that new messages, as a rule, reach no further than themselves.
    The rest of these profiles goes with its origins (see origins), wherever they go.
#}
{% macro find_region(work, known) -%}
    {% set last_build = homespun.last_build(known) %}
    {% set identifiers = ref('int_identifiers') %}
    {% set later_edges = ref('int_later_edges') %}
    {% set changed = homespun.work_table(work, 'changed') %}
    {% set flipped = homespun.work_table(work, 'flipped') %}
    {% set concerned = homespun.work_table(work, 'concerned') %}
    {% set touched = homespun.work_table(work, 'touched') %}
    {% set refusing = homespun.work_table(work, 'refusing') %}
    {% set select_changed %}
        select
            identifier_key,
            first_deciding_key as other_key,
            case when created_in > {{ last_build }} then 0 else 1 end as may_leave,
            changed_from
        from {{ identifiers }}
        where changed_in > {{ last_build }}
        union all
        select right_key as identifier_key, left_key as other_key, 1 as may_leave, changed_from
        from {{ later_edges }}
        where changed_in > {{ last_build }}
    {% endset %}
    {% do homespun.make_table(work, 'changed', select_changed) %}
    {# An override comes before all messages, so that it may have been decided otherwise since ever. #}
    {% for end, other_end in [('left_key', 'right_key'), ('right_key', 'left_key')] %}
        {% set select_overridden %}
            select
                override.{{ end }},
                override.{{ other_end }},
                1 as may_leave,
                cast('0001-01-01' as {{ dbt.type_timestamp() }}) as changed_from
            from {{ ref('int_identity_overrides') }} as override
            inner join {{ changed }} as changed
                on override.{{ end }} = changed.identifier_key
        {% endset %}
        {% do homespun.add_rows(work, 'changed', select_overridden) %}
    {% endfor %}
    {% set select_flipped %}
        select device.identifier_key
        from ({{ homespun.shared_devices() }}) as device
        left join {{ known }} as known on device.identifier_key = known.identifier_key
        where
            device.build_number > {{ last_build }}
            and device.is_shared != coalesce(known.is_shared, false)
    {% endset %}
    {% do homespun.make_table(work, 'flipped', select_flipped) %}
    {% if homespun.count_rows(work, 'flipped') > 0 %}
        {% for end in ['left_key', 'right_key'] %}
            {% set select_edge_of_flipped %}
                select edge.right_key, edge.left_key, 1 as may_leave, edge.timestamp
                from {{ ref('int_identity_edges') }} as edge
                inner join {{ flipped }} as flipped on edge.{{ end }} = flipped.identifier_key
            {% endset %}
            {% do homespun.add_rows(work, 'changed', select_edge_of_flipped) %}
        {% endfor %}
    {% endif %}
    {% set select_concerned %}
        select identifier_key, max(may_leave) as may_leave
        from (
            select identifier_key, may_leave from {{ changed }}
            union all
            select other_key as identifier_key, may_leave from {{ changed }}
        ) as ends
        group by 1
    {% endset %}
    {% do homespun.make_table(work, 'concerned', select_concerned) %}
    {% set select_touched %}
        select
            located.profile_key,
            max(concerned.may_leave) as is_losing
        from ({{ homespun.profile_keys(concerned, known) }}) as located
        inner join {{ concerned }} as concerned
            on located.identifier_key = concerned.identifier_key
        group by 1
    {% endset %}
    {% do homespun.make_table(work, 'touched', select_touched) %}
    {% do homespun.make_table(
        work, 'losing', 'select profile_key from ' ~ touched ~ ' where is_losing = 1'
    ) %}
    {% do homespun.make_table(
        work, 'refusing',
        'select identifier_key, profile_key, is_born_apart from ' ~ known ~ ' where is_refusing'
    ) %}
    {% set select_refusal %}
        select
            least(left_end.profile_key, right_end.profile_key) as a,
            greatest(left_end.profile_key, right_end.profile_key) as b,
            row_number() over (order by edge.left_key, edge.right_key) as edge_number
        from (
            select left_key, right_key, timestamp from {{ later_edges }}
            where not is_gone
            union all
            select
                identifiers.first_deciding_key as left_key,
                identifiers.identifier_key as right_key,
                identifiers.first_seen_at as timestamp
            from {{ identifiers }} as identifiers
            inner join {{ refusing }} as refusing
                on identifiers.identifier_key = refusing.identifier_key
            where refusing.is_born_apart
        ) as edge
        inner join {{ refusing }} as left_end on edge.left_key = left_end.identifier_key
        inner join {{ refusing }} as right_end on edge.right_key = right_end.identifier_key
        where
            edge.timestamp >= (select min(changed_from) from {{ changed }})
            and left_end.profile_key != right_end.profile_key
    {% endset %}
    {% do homespun.make_table(work, 'refusal', select_refusal) %}
    {% if homespun.count_rows(work, 'refusal') > 0 %}
        {% set root = homespun.work_table(work, 'refusal_root') %}
        {% do homespun.make_table(
            work, 'taken',
            'select edge_number from ' ~ homespun.work_table(work, 'refusal') ~ ' where 1 = 0'
        ) %}
        {% do homespun.span_links(work, 'refusal', 'taken', 'refusal_root') %}
        {% set select_reached %}
            with tied as (
                select component as profile_key, root from {{ root }}
                union
                select root as profile_key, root from {{ root }}
            )

            select tied.profile_key
            from tied
            inner join (
                select tied.root
                from tied
                inner join {{ touched }} as touched on tied.profile_key = touched.profile_key
                group by 1
            ) as hit
                on tied.root = hit.root
            union
            select profile_key from {{ touched }}
        {% endset %}
        {% do homespun.make_table(work, 'touched', select_reached) %}
    {% endif %}
    {# An override that binds from now on: what was first seen with its ends needs an edge now. #}
    {% set select_region %}
        select identifier_key from {{ concerned }}
        union
        select profile_key as identifier_key from {{ touched }}
        union
        select known.identifier_key
        from {{ known }} as known
        inner join {{ touched }} as touched on known.profile_key = touched.profile_key
        union
        select identifiers.identifier_key
        from {{ identifiers }} as identifiers
        inner join {{ concerned }} as concerned
            on identifiers.first_deciding_key = concerned.identifier_key
        inner join (
            select left_key as identifier_key from {{ ref('int_identity_overrides') }}
            union
            select right_key as identifier_key from {{ ref('int_identity_overrides') }}
        ) as overridden
            on concerned.identifier_key = overridden.identifier_key
        left join {{ known }} as known on identifiers.identifier_key = known.identifier_key
        where known.identifier_key is null
    {% endset %}
    {% do homespun.make_table(work, 'region', select_region) %}
{%- endmacro %}
