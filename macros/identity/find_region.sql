{#
    Find the identifiers whose profiles may change: fills `region` (identifier_key).

    They are those of new and changed messages, all others of their profiles, and all of the profiles
    that a refusal ties to these: a refusal rests on what both sides held at that time, so it may have
    been decided otherwise. Only if it came after the first change, though: what is earlier cannot
    depend on what is later, so that new messages, as a rule, reach no further than themselves.
#}
{% macro find_region(work, known) -%}
    {% set edges = ref('int_identity_edges') %}
    {% set identifiers = ref('int_identifiers') %}
    {% set changed_edge = homespun.work_table(work, 'changed_edge') %}
    {% set flipped = homespun.work_table(work, 'flipped') %}
    {% set touched = homespun.work_table(work, 'touched') %}
    {% set refusing = homespun.work_table(work, 'refusing') %}
    {% set is_new = 'changed_in > (select max(build_number) from ' ~ known ~ ')' %}
    {% set select_flipped %}
        select known.identifier_key
        from {{ known }} as known
        inner join ({{ homespun.shared_devices() }}) as device
            on known.identifier_key = device.identifier_key
        where known.is_shared != device.is_shared
    {% endset %}
    {% do homespun.make_table(work, 'flipped', select_flipped) %}
    {% set select_changed_edge %}
        select left_key, right_key, changed_from
        from {{ edges }}
        where {{ is_new }}
    {% endset %}
    {% do homespun.make_table(work, 'changed_edge', select_changed_edge) %}
    {% if homespun.count_rows(work, 'flipped') > 0 %}
        {% set select_edge_of_flipped %}
            select edge.left_key, edge.right_key, edge.timestamp
            from {{ edges }} as edge
            inner join {{ flipped }} as flipped
                on flipped.identifier_key in (edge.left_key, edge.right_key)
        {% endset %}
        {% do homespun.add_rows(work, 'changed_edge', select_edge_of_flipped) %}
    {% endif %}
    {% set select_touched %}
        select known.profile_key
        from {{ known }} as known
        inner join (
            select left_key as identifier_key from {{ changed_edge }}
            union
            select right_key as identifier_key from {{ changed_edge }}
            union
            select identifier_key from {{ identifiers }} where {{ is_new }}
        ) as changed
            on known.identifier_key = changed.identifier_key
        group by 1
    {% endset %}
    {% do homespun.make_table(work, 'touched', select_touched) %}
    {% do homespun.make_table(
        work, 'refusing', 'select identifier_key, profile_key from ' ~ known ~ ' where is_refusing'
    ) %}
    {% set select_refusal %}
        select
            least(left_end.profile_key, right_end.profile_key) as a,
            greatest(left_end.profile_key, right_end.profile_key) as b,
            row_number() over (order by edge.left_key, edge.right_key) as edge_number
        from {{ edges }} as edge
        inner join {{ refusing }} as left_end on edge.left_key = left_end.identifier_key
        inner join {{ refusing }} as right_end on edge.right_key = right_end.identifier_key
        where
            edge.timestamp >= (select min(changed_from) from {{ changed_edge }})
            and not edge.is_gone
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
    {% set select_region %}
        select known.identifier_key
        from {{ known }} as known
        inner join {{ touched }} as touched on known.profile_key = touched.profile_key
        union
        select identifier_key from {{ identifiers }} where {{ is_new }}
    {% endset %}
    {% do homespun.make_table(work, 'region', select_region) %}
{%- endmacro %}
