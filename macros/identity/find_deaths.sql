{#
    Find the edge at which each identifier ceased to be the oldest of its profile: from `work.edge` and
    `work.admitted` it fills `work.death` (identifier_number, edge_number).

    Where two profiles meet, the one with the older first identifier lives on (the elder rule). A
    component whose first edge leads to an older one is sure to end there, whatever the others do,
    so all such components end at once; the others wait for the next round.
#}
{% macro find_deaths(work) -%}
    {% set state = namespace(open=true) %}
    {% do homespun.make_table(
        work.death,
        'select left_number as identifier_number, edge_number from ' ~ work.edge ~ ' where 1 = 0'
    ) %}
    {% set link %}
        select edge.left_number as a, edge.right_number as b, edge.edge_number
        from {{ work.edge }} as edge
        inner join {{ work.admitted }} as admitted on edge.edge_number = admitted.edge_number
    {% endset %}
    {% do homespun.make_table(work.link, link) %}
    {# Every round ends at least one component; on real graphs, most of them. #}
    {% for round in range(homespun.count_rows('select 1 from ' ~ work.link)) %}
        {% if state.open %}
            {% set choice %}
                select component, neighbour as root, edge_number
                from ({{ homespun.first_links(work.link) }}) as first_link
                where neighbour < component
            {% endset %}
            {% do homespun.make_table(work.choice, choice) %}
            {% do run_query(
                'insert into ' ~ work.death ~ ' select component, edge_number from ' ~ work.choice
            ) %}
            {% do homespun.make_table(work.root, 'select component, root from ' ~ work.choice) %}
            {% do homespun.jump_to_roots(work) %}
            {% do homespun.contract_links(work) %}
            {% set state.open = homespun.count_rows('select 1 from ' ~ work.link) > 0 %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
