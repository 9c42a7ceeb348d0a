{#
    Find the edge at which each identifier ceased to be the oldest of its profile: from `edge` and
    `admitted` it fills `death` (identifier_number, edge_number).

    Where two profiles meet, the one with the older first identifier lives on (the elder rule). A
    component whose first link leads to an older one is sure to end there, whatever the others do, so
    all such components end at once; the others wait for the next round. On real graphs a few rounds
    end them all. What is left after them, long chains whose order is against their ages, is halved:
    see halve_links.
#}
{% macro find_deaths(work) -%}
    {% set edge = homespun.work_table(work, 'edge') %}
    {% set admitted = homespun.work_table(work, 'admitted') %}
    {% set death = homespun.work_table(work, 'death') %}
    {% set link = homespun.work_table(work, 'link') %}
    {% set choice = homespun.work_table(work, 'choice') %}
    {% set root = homespun.work_table(work, 'died_into') %}
    {% set state = namespace(open=true) %}
    {% do homespun.make_table(
        death, 'select left_number as identifier_number, edge_number from ' ~ edge ~ ' where 1 = 0'
    ) %}
    {% set select_link %}
        select edge.left_number as a, edge.right_number as b, edge.edge_number
        from {{ edge }} as edge
        inner join {{ admitted }} as admitted on edge.edge_number = admitted.edge_number
    {% endset %}
    {% do homespun.make_table(link, select_link) %}
    {% for _ in range(8) %}
        {% if state.open %}
            {% do homespun.make_table(
                choice,
                'select component, neighbour as root, edge_number from ('
                ~ homespun.first_links(link) ~ ') as first_link where neighbour < component'
            ) %}
            {% do run_query(
                'insert into ' ~ death ~ ' select component, edge_number from ' ~ choice
            ) %}
            {% do homespun.make_table(root, 'select component, root from ' ~ choice) %}
            {% do homespun.jump_to_roots(work, root) %}
            {% do homespun.contract_links(work, link, root) %}
            {% set state.open = homespun.count_rows(link) > 0 %}
        {% endif %}
    {% endfor %}
    {% if state.open %}
        {% do homespun.halve_links(work, link, death) %}
    {% endif %}
{%- endmacro %}
