{#
    Replace each root (component, root) by the root's root until nothing moves: the number of passes
    is the logarithm of the longest chain.
#}
{% macro jump_to_roots(work, root) -%}
    {% set jumped = homespun.work_table(work, 'jumped') %}
    {% set moved = homespun.work_table(work, 'moved') %}
    {% set state = namespace(moving=true) %}
    {% for _ in range(64) %}
        {% if state.moving %}
            {% do homespun.make_table(
                moved,
                'select mine.component, theirs.root from ' ~ root ~ ' as mine inner join '
                ~ root ~ ' as theirs on mine.root = theirs.component'
            ) %}
            {% set state.moving = homespun.count_rows(moved) > 0 %}
        {% endif %}
        {% if state.moving %}
            {% set select_jumped %}
                select root.component, coalesce(moved.root, root.root) as root
                from {{ root }} as root
                left join {{ moved }} as moved on root.component = moved.component
            {% endset %}
            {% do homespun.make_table(jumped, select_jumped) %}
            {% do homespun.make_table(root, 'select component, root from ' ~ jumped) %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
