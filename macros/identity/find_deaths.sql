{#
    Find the link at which each component ceased to be the oldest of what it belongs to.

    | table | before                                  | after                                            |
    |-------|-----------------------------------------|--------------------------------------------------|
    | link  | a, b (by age, the oldest 1), edge_number | nothing is left                                  |
    | death |                                         | component, edge_number                           |
    | root  |                                         | component, root: the oldest that it came to be of |

    Where two profiles meet, the one with the older first identifier lives on (the elder rule). A
    component whose first link leads to an older one is sure to end there, whatever the others do, so
    all such components end at once; the others wait for the next round. As a rule a round ends half
    of what is left. When it ends less than a quarter, what is left are long chains whose order is
    against their ages, and they are halved: see halve_links.
#}
{% macro find_deaths(work, link, death, root) -%}
    {% set choice = homespun.work_table(work, 'choice') %}
    {% set state = namespace(open=true, shrinking=true, left=none) %}
    {% set maps = [] %}
    {% do homespun.make_table(
        work, death,
        'select a as component, edge_number from ' ~ homespun.work_table(work, link) ~ ' where 1 = 0'
    ) %}
    {% for round in range(64) %}
        {% if state.open and state.shrinking %}
            {% set map = 'death_map_' ~ round %}
            {% do maps.append(map) %}
            {% do homespun.make_table(
                work, 'choice',
                'select component, neighbour as root, edge_number from ('
                ~ homespun.first_links(homespun.work_table(work, link))
                ~ ') as first_link where neighbour < component'
            ) %}
            {% do homespun.add_rows(work, death, 'select component, edge_number from ' ~ choice) %}
            {% do homespun.make_table(work, map, 'select component, root from ' ~ choice) %}
            {% do homespun.jump_to_roots(work, map) %}
            {% do homespun.contract_links(work, link, map) %}
            {% set left = homespun.count_rows(work, link) %}
            {% set state.shrinking = state.left is none or left * 4 <= state.left * 3 %}
            {% set state.left = left %}
            {% set state.open = left > 0 %}
        {% endif %}
    {% endfor %}
    {% if state.open %}
        {% do maps.append('death_map_halved') %}
        {% do homespun.halve_links(work, link, death, 'death_map_halved') %}
    {% endif %}
    {% do homespun.compose_maps(work, root, maps, link) %}
{%- endmacro %}
