{#
    Replace each root (component, root) by the root's root until nothing moves: the number of passes
    is the logarithm of the longest chain. What did not move in a pass is at its end already.
#}
{% macro jump_to_roots(work, map) -%}
    {% set root = homespun.work_table(work, map) %}
    {% set moved = homespun.work_table(work, 'moved') %}
    {% set state = namespace(moving=true, mover=root) %}
    {% for _ in range(64) %}
        {% if state.moving %}
            {% set select_moved %}
                select mover.component, root.root
                from {{ state.mover }} as mover
                inner join {{ root }} as root on mover.root = root.component
            {% endset %}
            {% do homespun.make_table(work, 'moved', select_moved) %}
            {% set state.moving = homespun.count_rows(work, 'moved') > 0 %}
            {% set state.mover = moved %}
        {% endif %}
        {% if state.moving %}
            {% set select_jumped %}
                select root.component, coalesce(moved.root, root.root) as root
                from {{ root }} as root
                left join {{ moved }} as moved on root.component = moved.component
            {% endset %}
            {% do homespun.make_table(work, map, select_jumped) %}
        {% endif %}
    {% endfor %}
{%- endmacro %}
