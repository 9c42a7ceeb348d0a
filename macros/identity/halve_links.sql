{#
    Add to `death` what the links (a, b, edge_number) end, in as many steps as the logarithm of their
    number, and make `map` (component, root) of where each component ends at last.

    The links in their order are halved, each half again, and so on. Each time, what the earlier half
    makes one is solved as if there were no order, and in the later half every end is replaced by the
    oldest of the component that it then belongs to. In the end each link stands alone, between the
    oldest of either side at its own time: the younger of the two ends there.
#}
{% macro halve_links(work, link, death, map) -%}
    {% set placed = homespun.work_table(work, 'placed') %}
    {% set eldest = homespun.work_table(work, 'eldest') %}
    {% set half_root = homespun.work_table(work, 'half_root') %}
    {% set select_placed %}
        select
            a,
            b,
            edge_number,
            row_number() over (order by edge_number) - 1 as place,
            max(b) over () + 1 as width
        from {{ homespun.work_table(work, link) }}
    {% endset %}
    {% do homespun.make_table(work, 'placed', select_placed) %}
    {% set link_count = homespun.count_rows(work, 'placed') %}
    {% for power in range(40) | reverse %}
        {% set half = 2 ** power %}
        {% if half < link_count %}
            {# A vertex by its number and the stretch of links that is being halved. #}
            {% set stretch = '(place - mod(place, ' ~ 2 * half ~ ')) * width' %}
            {% set select_earlier %}
                select {{ stretch }} + a as a, {{ stretch }} + b as b, place as edge_number
                from {{ placed }}
                where mod(place, {{ 2 * half }}) < {{ half }}
            {% endset %}
            {% do homespun.make_table(work, 'earlier', select_earlier) %}
            {% do homespun.make_table(
                work, 'taken',
                'select edge_number from ' ~ homespun.work_table(work, 'earlier') ~ ' where 1 = 0'
            ) %}
            {% do homespun.span_links(work, 'earlier', 'taken', 'half_root') %}
            {% set select_eldest %}
                select
                    component,
                    least(root, min(component) over (partition by root)) as root
                from (
                    select component, root from {{ half_root }}
                    union
                    select root as component, root from {{ half_root }}
                ) as moved
            {% endset %}
            {% do homespun.make_table(work, 'eldest', select_eldest) %}
            {% set select_replaced %}
                select a, b, edge_number, place, width
                from (
                    select
                        coalesce(a_end.root - {{ stretch }}, placed.a) as a,
                        coalesce(b_end.root - {{ stretch }}, placed.b) as b,
                        placed.edge_number,
                        placed.place,
                        placed.width
                    from {{ placed }} as placed
                    left join {{ eldest }} as a_end
                        on
                            {{ stretch }} + placed.a = a_end.component
                            and mod(placed.place, {{ 2 * half }}) >= {{ half }}
                    left join {{ eldest }} as b_end
                        on
                            {{ stretch }} + placed.b = b_end.component
                            and mod(placed.place, {{ 2 * half }}) >= {{ half }}
                ) as replaced
                where a != b
            {% endset %}
            {% do homespun.make_table(work, 'placed', select_replaced) %}
        {% endif %}
    {% endfor %}
    {% do homespun.add_rows(
        work, death, 'select greatest(a, b), edge_number from ' ~ placed
    ) %}
    {% do homespun.make_table(
        work, map, 'select greatest(a, b) as component, least(a, b) as root from ' ~ placed
    ) %}
    {% do homespun.jump_to_roots(work, map) %}
{%- endmacro %}
