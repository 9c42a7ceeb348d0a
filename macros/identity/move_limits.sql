{# Say of components that were moved (component, root) what was said of their parts. #}
{% macro move_limits(work, map) -%}
    {% set root = homespun.work_table(work, map) %}
    {% set select_holding %}
        select
            coalesce(root.root, holding.component) as component,
            holding.id_type,
            cast(sum(holding.held) as bigint) as held,
            max(holding.allowed) as allowed
        from {{ homespun.work_table(work, 'holding') }} as holding
        left join {{ root }} as root on holding.component = root.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, 'holding', select_holding) %}
    {% set select_apart %}
        select
            coalesce(a_end.root, apart.a) as a,
            coalesce(b_end.root, apart.b) as b
        from {{ homespun.work_table(work, 'apart') }} as apart
        left join {{ root }} as a_end on apart.a = a_end.component
        left join {{ root }} as b_end on apart.b = b_end.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, 'apart', select_apart) %}
{%- endmacro %}
