{#
    Decide which edges may link, and so which identifiers are one profile: from `work.edge` it fills
    `work.admitted` (edge_number) and `work.member` (identifier_number, component).

    The rule is that of a person who goes through the edges in their order and takes each one that
    does not join two profiles which both hold an exclusive identifier (a user_id). What is
    taken that way is the minimum spanning forest of the graph in which all exclusive identifiers are
    one vertex (both are the greedy basis of one matroid), and such a forest can be found set by set:
    every component without an exclusive identifier takes its first edge, all at once (Boruvka's
    algorithm). So the rounds grow with the logarithm of the longest chain.
#}
{% macro admit_edges(work) -%}
    {% set state = namespace(open=true) %}
    {% set is_exclusive %}
        select identifier_number as component, max(is_exclusive) as is_exclusive
        from (
            select left_number as identifier_number, left_is_exclusive as is_exclusive
            from {{ work.edge }}
            union all
            select right_number as identifier_number, right_is_exclusive as is_exclusive
            from {{ work.edge }}
        ) as ends
        group by 1
    {% endset %}
    {% do homespun.make_table(work.component, is_exclusive) %}
    {% do homespun.make_table(
        work.member, 'select component as identifier_number, component from ' ~ work.component
    ) %}
    {% do homespun.make_table(
        work.admitted, 'select edge_number from ' ~ work.edge ~ ' where 1 = 0'
    ) %}
    {% do homespun.make_table(
        work.link, 'select left_number as a, right_number as b, edge_number from ' ~ work.edge
    ) %}
    {# A round at least halves the components that may still choose: 64 are never needed. #}
    {% for round in range(64) %}
        {% if state.open %}
            {% set choice %}
                select first_link.component, first_link.neighbour, first_link.edge_number
                from ({{ homespun.first_links(work.link) }}) as first_link
                inner join {{ work.component }} as component
                    on first_link.component = component.component
                where not component.is_exclusive
            {% endset %}
            {% do homespun.make_table(work.choice, choice) %}
            {% set state.open = homespun.count_rows('select 1 from ' ~ work.choice) > 0 %}
        {% endif %}
        {% if state.open %}
            {% do run_query(
                'insert into ' ~ work.admitted
                ~ ' select edge_number from ' ~ work.choice ~ ' group by 1'
            ) %}
            {# Of two that chose each other, the one with the smaller number is the root. #}
            {% set root %}
                select mine.component, mine.neighbour as root
                from {{ work.choice }} as mine
                left join {{ work.choice }} as theirs on mine.neighbour = theirs.component
                where
                    theirs.neighbour is null
                    or theirs.neighbour != mine.component
                    or mine.component > mine.neighbour
            {% endset %}
            {% do homespun.make_table(work.root, root) %}
            {% do homespun.jump_to_roots(work) %}
            {% set member %}
                select
                    member.identifier_number,
                    coalesce(root.root, member.component) as component
                from {{ work.member }} as member
                left join {{ work.root }} as root on member.component = root.component
            {% endset %}
            {% do homespun.make_table(work.jumped, member) %}
            {% do homespun.make_table(
                work.member, 'select identifier_number, component from ' ~ work.jumped
            ) %}
            {% do homespun.contract_links(work) %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
