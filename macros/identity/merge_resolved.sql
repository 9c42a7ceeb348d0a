{# The statement that writes the region's resolved identifiers into the model's table. #}
{% macro merge_resolved(work, target_relation) -%}
    {% set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list %}
    merge into {{ target_relation }} as known
    using {{ homespun.work_table(work, 'final') }} as final
        on known.identifier_key = final.identifier_key
    when matched then update set
        {% for column in columns %}
        {{ column }} = final.{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    when not matched then insert ({{ columns | join(', ') }})
        values (final.{{ columns | join(', final.') }})
{%- endmacro %}
