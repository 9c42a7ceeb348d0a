{#
    Replace each root (component, root) by the root's root until nothing moves: the number of passes
    is the logarithm of the longest chain.
#}
{% macro jump_to_roots(work) -%}
    {% set state = namespace(moving=true) %}
    {% for jump in range(64) %}
        {% if state.moving %}
            {% set jumped %}
                select
                    mine.component,
                    coalesce(theirs.root, mine.root) as root,
                    theirs.root is not null as is_moved
                from {{ work.root }} as mine
                left join {{ work.root }} as theirs on mine.root = theirs.component
            {% endset %}
            {% do homespun.make_table(work.jumped, jumped) %}
            {% do homespun.make_table(work.root, 'select component, root from ' ~ work.jumped) %}
            {% set state.moving =
                homespun.count_rows('select 1 from ' ~ work.jumped ~ ' where is_moved') > 0 %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
