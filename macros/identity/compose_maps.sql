{#
    Follow several maps (component, root), made one after the other, to the end: fills `target` with
    where each component that any of them moved is at last. From the last to the first, since the
    last are the smallest.
#}
{% macro compose_maps(target, maps) -%}
    {% do homespun.make_table(target, homespun.empty_map()) %}
    {% for map in maps | reverse %}
        {% do run_query(
            'insert into ' ~ target ~ ' select map.component, coalesce(later.root, map.root) from '
            ~ map ~ ' as map left join ' ~ target ~ ' as later on map.root = later.component'
        ) %}
    {% endfor %}
{%- endmacro %}

{% macro empty_map() -%}
    select cast(null as bigint) as component, cast(null as bigint) as root where 1 = 0
{%- endmacro %}
