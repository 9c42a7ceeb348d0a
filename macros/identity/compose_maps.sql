{#
    Follow several maps (component, root), made one after the other, to the end: fills `target` with
    where each component that any of them moved is at last. From the last to the first, since the
    last are the smallest.
#}
{% macro compose_maps(work, target, maps, link) -%}
    {% do homespun.make_table(work, target, homespun.empty_map(work, link)) %}
    {% for map in maps | reverse %}
        {% set select_composed %}
            select map.component, coalesce(later.root, map.root) as root
            from {{ homespun.work_table(work, map) }} as map
            left join {{ homespun.work_table(work, target) }} as later on map.root = later.component
        {% endset %}
        {% do homespun.add_rows(work, target, select_composed) %}
    {% endfor %}
{%- endmacro %}
