{#
    Solve the components that break a limit anew, their edges admitted in order: replaces what `death`
    and `root` say of them.
#}
{% macro settle_broken(work) -%}
    {% set root = homespun.work_table(work, 'root') %}
    {% set broken = homespun.work_table(work, 'broken') %}
    {% set beside_broken %}
        left join {{ root }} as root on part.component = root.component
        left join {{ broken }} as broken on coalesce(root.root, part.component) = broken.component
    {% endset %}
    {% do homespun.make_table(work, 'broken', homespun.broken_components(work, 'root')) %}
    {% if homespun.count_rows(work, 'broken') > 0 %}
        {% set select_edge %}
            select part.edge_number, part.component as left_number, part.right_number, part.is_ordained
            from (
                select edge_number, left_number as component, right_number, is_ordained
                from {{ homespun.work_table(work, 'edge') }}
            ) as part
            {{ beside_broken }}
            where broken.component is not null
        {% endset %}
        {% do homespun.make_table(work, 'broken_edge', select_edge) %}
        {% set select_holding %}
            select part.component, part.id_type, part.held, part.allowed
            from {{ homespun.work_table(work, 'holding') }} as part
            {{ beside_broken }}
            where broken.component is not null
        {% endset %}
        {% do homespun.make_table(work, 'holding', select_holding) %}
        {% set select_death %}
            select part.component, part.edge_number
            from {{ homespun.work_table(work, 'death') }} as part
            {{ beside_broken }}
            where broken.component is null
        {% endset %}
        {% do homespun.make_table(work, 'death', select_death) %}
        {% do homespun.make_table(
            work, 'root',
            'select root.component, root.root from ' ~ root ~ ' as root left join ' ~ broken
            ~ ' as broken on root.root = broken.component where broken.component is null'
        ) %}
        {% do homespun.admit_edges(work) %}
        {% set select_link %}
            select edge.left_number as a, edge.right_number as b, edge.edge_number
            from {{ homespun.work_table(work, 'broken_edge') }} as edge
            inner join {{ homespun.work_table(work, 'admitted') }} as admitted
                on edge.edge_number = admitted.edge_number
        {% endset %}
        {% do homespun.make_table(work, 'link', select_link) %}
        {% do homespun.find_deaths(work, 'link', 'settled_death', 'settled_root') %}
        {% do homespun.add_rows(
            work, 'death', 'select * from ' ~ homespun.work_table(work, 'settled_death')
        ) %}
        {% do homespun.add_rows(
            work, 'root', 'select * from ' ~ homespun.work_table(work, 'settled_root')
        ) %}
    {% endif %}
{%- endmacro %}
