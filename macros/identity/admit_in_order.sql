{#
    Admit links in their order, refusing each that would break a limit as things stand when its turn
    comes. A link that is the first of both its ends is next for both, whatever happens elsewhere, so
    all such links have their turn at once. Of `link` nothing is left.
#}
{% macro admit_in_order(work, link, admitted, root) -%}
    {% set choice = homespun.work_table(work, 'choice') %}
    {% set first_link = homespun.work_table(work, 'first_link') %}
    {% set merged = homespun.work_table(work, 'merged') %}
    {% set composed = homespun.work_table(work, 'composed') %}
    {% set state = namespace(open=true) %}
    {% do homespun.make_table(root, homespun.empty_map()) %}
    {% for _ in range(homespun.count_rows(link)) %}
        {% if state.open %}
            {% do homespun.drop_refused(work, link) %}
            {% do homespun.make_table(first_link, homespun.first_links(link)) %}
            {% set select_choice %}
                select mine.component, mine.neighbour as root, mine.edge_number
                from {{ first_link }} as mine
                inner join {{ first_link }} as theirs
                    on
                        mine.neighbour = theirs.component
                        and mine.component = theirs.neighbour
                where mine.component > mine.neighbour
            {% endset %}
            {% do homespun.make_table(choice, select_choice) %}
            {% set state.open = homespun.count_rows(choice) > 0 %}
        {% endif %}
        {% if state.open %}
            {% do run_query('insert into ' ~ admitted ~ ' select edge_number from ' ~ choice) %}
            {% do homespun.make_table(merged, 'select component, root from ' ~ choice) %}
            {% set select_composed %}
                select root.component, coalesce(merged.root, root.root) as root
                from {{ root }} as root
                left join {{ merged }} as merged on root.root = merged.component
                union all
                select component, root from {{ merged }}
            {% endset %}
            {% do homespun.make_table(composed, select_composed) %}
            {% do homespun.make_table(root, 'select component, root from ' ~ composed) %}
            {% do homespun.contract_links(work, link, merged) %}
            {% do homespun.move_limits(work, merged) %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
