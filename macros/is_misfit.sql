{# Does text not fit a column of one of the tracking plan's types? The type is an expression. #}
{% macro is_misfit(text, type) -%}
    case {{ type }}
        {%- for known in ['number', 'integer', 'boolean', 'timestamp'] %}
        when '{{ known }}' then {{ homespun.cast_text(text, known) }} is null
        {%- endfor %}
        else false
    end
{%- endmacro %}
