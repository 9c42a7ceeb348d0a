{#
    Admit links in their order, refusing each that would break a limit as things stand when its turn
    comes. A link that is the first of both its ends is next for both, whatever happens elsewhere, so
    all such links have their turn at once. Of `link` nothing is left; `root` (component, root) says
    where each component is now.
#}
{% macro admit_in_order(work, link, admitted, root) -%}
    {% set first_link = homespun.work_table(work, 'first_link') %}
    {% set choice = homespun.work_table(work, 'choice') %}
    {% set merged = homespun.work_table(work, 'merged') %}
    {% set state = namespace(open=true) %}
    {% do homespun.make_table(work, root, homespun.empty_map(work, link)) %}
    {% for _ in range(homespun.count_rows(work, link)) %}
        {% if state.open %}
            {% do homespun.drop_refused(work, link) %}
            {% do homespun.make_table(
                work, 'first_link', homespun.first_links(homespun.work_table(work, link))
            ) %}
            {% set select_choice %}
                select mine.component, mine.neighbour as root, mine.edge_number
                from {{ first_link }} as mine
                inner join {{ first_link }} as theirs
                    on
                        mine.neighbour = theirs.component
                        and mine.component = theirs.neighbour
                where mine.component > mine.neighbour
            {% endset %}
            {% do homespun.make_table(work, 'choice', select_choice) %}
            {% set state.open = homespun.count_rows(work, 'choice') > 0 %}
        {% endif %}
        {% if state.open %}
            {% do homespun.add_rows(work, admitted, 'select edge_number from ' ~ choice) %}
            {% do homespun.make_table(work, 'merged', 'select component, root from ' ~ choice) %}
            {% set select_composed %}
                select root.component, coalesce(merged.root, root.root) as root
                from {{ homespun.work_table(work, root) }} as root
                left join {{ merged }} as merged on root.root = merged.component
                union all
                select component, root from {{ merged }}
            {% endset %}
            {% do homespun.make_table(work, root, select_composed) %}
            {% do homespun.contract_links(work, link, 'merged') %}
            {% do homespun.move_limits(work, 'merged') %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
