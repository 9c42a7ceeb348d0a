{#
    Let every component take its first link, again and again, until none has one to take (Boruvka's
    algorithm): what is taken is the first spanning forest in the order of edge_number. Components in
    `closed` (a table of component, or none) take nothing, but may be taken.

    | table     | before                             | after                                        |
    |-----------|------------------------------------|----------------------------------------------|
    | link      | a, b, edge_number                  | the links that are left, between components  |
    | admitted  | edge_number                        | and those that were taken                    |
    | root      |                                    | component, root: where each moved one is now |

    A round at least halves the components that may still choose: 40 are never needed.
#}
{% macro span_links(work, link, admitted, root, closed=none) -%}
    {% set choice = homespun.work_table(work, 'choice') %}
    {% set state = namespace(open=true) %}
    {% set maps = [] %}
    {% for round in range(40) %}
        {% if state.open %}
            {% set select_choice %}
                select first_link.component, first_link.neighbour, first_link.edge_number
                from ({{ homespun.first_links(homespun.work_table(work, link)) }}) as first_link
                {% if closed %}
                left join {{ homespun.work_table(work, closed) }} as closed
                    on first_link.component = closed.component
                where closed.component is null
                {% endif %}
            {% endset %}
            {% do homespun.make_table(work, 'choice', select_choice) %}
            {% do homespun.add_rows(
                work, admitted, 'select edge_number from ' ~ choice ~ ' group by 1'
            ) %}
            {# Of two that chose each other, the one with the smaller number is the root. #}
            {% set select_map %}
                select mine.component, mine.neighbour as root
                from {{ choice }} as mine
                left join {{ choice }} as theirs on mine.neighbour = theirs.component
                where
                    theirs.neighbour is null
                    or theirs.neighbour != mine.component
                    or mine.component > mine.neighbour
            {% endset %}
            {% set map = 'map_' ~ round %}
            {% do homespun.make_table(work, map, select_map) %}
            {% set state.open = homespun.count_rows(work, map) > 0 %}
            {% if state.open %}
                {% do maps.append(map) %}
                {% do homespun.jump_to_roots(work, map) %}
                {% do homespun.contract_links(work, link, map) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% do homespun.compose_maps(work, root, maps, link) %}
{%- endmacro %}
