{# The statements that write the region's resolved identifiers into the model's table. #}
{% macro merge_resolved(work, target_relation) -%}
    {{ return(adapter.dispatch('merge_resolved', 'homespun')(work, target_relation)) }}
{%- endmacro %}

{% macro default__merge_resolved(work, target_relation) -%}
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

{# An update there writes all rows near the updated ones anew; deleted rows are only marked. #}
{% macro duckdb__merge_resolved(work, target_relation) -%}
    {% set final = homespun.work_table(work, 'final') %}
    delete from {{ target_relation }}
    where identifier_key in (select identifier_key from {{ final }});
    insert into {{ target_relation }} by name select * from {{ final }}
{%- endmacro %}
