{# The columns of spec_messages, each of its type, but for the first few: null where it does not fit. #}
{% macro typed_columns(columns, skip=0) -%}
    {%- for column in columns[skip:] -%}
    {{ homespun.cast_text('texts[' ~ (loop.index + skip) ~ ']', column.type) }} as {{ column.name }}
    {{- ',\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
