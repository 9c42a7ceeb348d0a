{#
    The leaves of a JSON object under the names that Segment's warehouses give them, as a list of
    {field, name, value}: objects are flattened, arrays are leaves, names are in snake case and null
    where nothing is left of them. An object below the fifth level is a leaf. The leaves come in the
    message's order.
#}
{% macro flat_names(column) -%}
    {{ return(adapter.dispatch('flat_names', 'homespun')(column)) }}
{%- endmacro %}

{% macro duckdb__flat_names(column) -%}
    [
        {'field': leaf.field, 'name': {{ homespun.snake_case('leaf.field') }}, 'value': leaf.value}
        for leaf in {{ homespun.duckdb__flat_fields(column, 5) }}
    ]
{%- endmacro %}

{#
    The fields of an object down to a level. A step opens the objects of one level more: what nests
    the levels in each other instead takes DuckDB longer to plan than to run.
#}
{% macro duckdb__flat_fields(object, level) -%}
    {%- if level == 1 -%}
    {{ homespun.duckdb__object_fields(object) }}
    {%- else -%}
    {%- set field = 'field_' ~ level -%}
    flatten([
        case
            when {{ field }}.kind = 'OBJECT'
                then {{ homespun.duckdb__object_fields(field ~ '.value', field ~ '.field') }}
            else [{{ field }}]
        end
        for {{ field }} in {{ homespun.duckdb__flat_fields(object, level - 1) }}
    ])
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__object_fields(object, parent=none) -%}
    [
        {
            'field': {% if parent %}{{ parent }} || '.' || {% endif %}part[1],
            'value': part[2],
            'kind': part[3]
        }
        for part in list_zip(
            json_keys({{ object }}), json_extract({{ object }}, '$.*'), json_type({{ object }}, '$.*')
        )
    ]
{%- endmacro %}
