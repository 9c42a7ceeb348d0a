{#
    The columns of spec_messages, each of its type, but for the first few: null where it does not fit.
    A name that starts with a digit is quoted.
#}
{% macro typed_columns(columns, skip=0) -%}
    {%- for column in columns[skip:] -%}
    {%- set name = adapter.quote(column.name) if column.name[0] in '0123456789' else column.name -%}
    {{ homespun.cast_text('texts[' ~ (loop.index + skip) ~ ']', column.type) }} as {{ name }}
    {{- ',\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
