{#
    The leaves of a JSON object under the names that Segment's warehouses give them, as a list of
    {field, name, value}: objects are flattened, arrays are leaves, names are in snake case and null
    where nothing is left of them. An object below the fifth level is a leaf. The leaves come in the
    message's order. With `opened`, an object that was flattened is in the list, too, before its leaves,
    and is_opened says which is one.
#}
{% macro flat_names(column, opened=false) -%}
    {{ return(adapter.dispatch('flat_names', 'homespun')(column, opened)) }}
{%- endmacro %}

{% macro duckdb__flat_names(column, opened) -%}
    [
        {
            'field': leaf.field,
            'name': {{ homespun.snake_case('leaf.field') }},
            'value': leaf.value
            {{- ", 'is_opened': leaf.kind = 'OPENED'" if opened }}
        }
        for leaf in {{ homespun.duckdb__flat_fields(column, 5, opened) }}
    ]
{%- endmacro %}

{#
    The fields of an object down to a level. A step opens the objects of one level more: what nests
    the levels in each other instead takes DuckDB longer to plan than to run.
#}
{% macro duckdb__flat_fields(object, level, opened) -%}
    {%- if level == 1 -%}
    {{ homespun.duckdb__object_fields(object) }}
    {%- else -%}
    {%- set field = 'field_' ~ level -%}
    {%- set fields = homespun.duckdb__object_fields(field ~ '.value', field ~ '.field') -%}
    flatten([
        case
            when {{ field }}.kind = 'OBJECT'
                then
                    {% if opened -%}
                    [{'field': {{ field }}.field, 'value': {{ field }}.value, 'kind': 'OPENED'}] ||
                    {%- endif %}
                    {{ fields }}
            else [{{ field }}]
        end
        for {{ field }} in {{ homespun.duckdb__flat_fields(object, level - 1, opened) }}
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
