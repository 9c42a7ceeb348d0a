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
    {{ return(homespun.duckdb__flat_level(column, none, 1)) }}
{%- endmacro %}

{% macro duckdb__flat_level(object, parent, level) -%}
    {%- set entry = 'entry_' ~ level -%}
    {%- set field = entry ~ '[1]' if parent is none else parent ~ " || '.' || " ~ entry ~ '[1]' -%}
    {%- set leaf -%}
        [{'field': {{ field }}, 'name': {{ homespun.snake_case(field) }}, 'value': {{ entry }}[2]}]
    {%- endset -%}
    flatten([
        {%- if level < 5 %}
        case
            when {{ entry }}[3] = 'OBJECT'
                then {{ homespun.duckdb__flat_level(entry ~ '[2]', field, level + 1) }}
            else {{ leaf }}
        end
        {%- else %}
        {{ leaf }}
        {%- endif %}
        for {{ entry }} in list_zip(
            json_keys({{ object }}), json_extract({{ object }}, '$.*'), json_type({{ object }}, '$.*')
        )
    ])
{%- endmacro %}
