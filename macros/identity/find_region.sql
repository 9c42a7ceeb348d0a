{#
    Find the identifiers whose profiles may change: fills `region` (identifier_number).

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
    {% set refusal = homespun.work_table(work, 'refusal') %}
    {% set is_new = 'build_number > (select max(build_number) from ' ~ known ~ ')' %}
    {% set select_flipped %}
        select known.identifier_number
        from {{ known }} as known
        inner join ({{ homespun.shared_devices() }}) as device
            on known.identifier_number = device.identifier_number
        where known.is_shared != device.is_shared
    {% endset %}
    {% do homespun.make_table(flipped, select_flipped) %}
    {% set select_changed_edge %}
        select left_number, right_number, changed_from
        from {{ edges }}
        where {{ is_new }}
        union all
        select edge.left_number, edge.right_number, edge.timestamp as changed_from
        from {{ edges }} as edge
        inner join {{ flipped }} as flipped
            on edge.right_number = flipped.identifier_number
        union all
        select edge.left_number, edge.right_number, edge.timestamp as changed_from
        from {{ edges }} as edge
        inner join {{ flipped }} as flipped
            on edge.left_number = flipped.identifier_number
    {% endset %}
    {% do homespun.make_table(changed_edge, select_changed_edge) %}
    {% set select_touched %}
        select known.profile_number
        from {{ known }} as known
        inner join (
            select left_number as identifier_number from {{ changed_edge }}
            union
            select right_number as identifier_number from {{ changed_edge }}
            union
            select identifier_number from {{ identifiers }} where {{ is_new }}
        ) as changed
            on known.identifier_number = changed.identifier_number
        group by 1
    {% endset %}
    {% do homespun.make_table(touched, select_touched) %}
    {% set select_refusal %}
        select
            least(left_end.profile_number, right_end.profile_number) as a,
            greatest(left_end.profile_number, right_end.profile_number) as b,
            row_number() over (order by edge.left_number, edge.right_number) as edge_number
        from {{ edges }} as edge
        inner join {{ known }} as left_end on edge.left_number = left_end.identifier_number
        inner join {{ known }} as right_end on edge.right_number = right_end.identifier_number
        where
            edge.timestamp >= (select min(changed_from) from {{ changed_edge }})
            and not edge.is_gone
            and not left_end.is_shared
            and not right_end.is_shared
            and left_end.profile_number != right_end.profile_number
    {% endset %}
    {% do homespun.make_table(refusal, select_refusal) %}
    {% if homespun.count_rows(refusal) > 0 %}
        {% set taken = homespun.work_table(work, 'taken') %}
        {% set root = homespun.work_table(work, 'refusal_root') %}
        {% set reached = homespun.work_table(work, 'reached') %}
        {% do homespun.make_table(taken, 'select edge_number from ' ~ refusal ~ ' where 1 = 0') %}
        {% do homespun.span_links(work, refusal, taken, root) %}
        {% set select_reached %}
            with tied as (
                select component as profile_number, root from {{ root }}
                union
                select root as profile_number, root from {{ root }}
            )

            select tied.profile_number
            from tied
            inner join (
                select tied.root
                from tied
                inner join {{ touched }} as touched
                    on tied.profile_number = touched.profile_number
                group by 1
            ) as hit
                on tied.root = hit.root
            union
            select profile_number from {{ touched }}
        {% endset %}
        {% do homespun.make_table(reached, select_reached) %}
        {% do homespun.make_table(touched, 'select profile_number from ' ~ reached) %}
    {% endif %}
    {% set select_region %}
        select known.identifier_number
        from {{ known }} as known
        inner join {{ touched }} as touched on known.profile_number = touched.profile_number
        union
        select identifier_number from {{ identifiers }} where {{ is_new }}
    {% endset %}
    {% do homespun.make_table(homespun.work_table(work, 'region'), select_region) %}
{%- endmacro %}

{# Which devices too many people used: identifier_number, is_shared. #}
{% macro shared_devices() -%}
    {% set limit = var('homespun_shared_device_limit') | int %}
    select
        identifier_number,
        {% if limit > 0 -%}
        user_id_count > {{ limit }} or email_count > {{ limit }} as is_shared
        {%- else -%}
        false as is_shared
        {%- endif %}
    from {{ ref('int_device_users') }}
{%- endmacro %}
