{# How many identifiers of a type a profile may hold; null: any number. #}
{% macro limit_of(id_type) -%}
    {%- set state = namespace(other=none) -%}
    case {{ id_type }}
        when '' then null
        {%- for entry in homespun.identifier_types() %}
        {%- if entry.type == 'external_id' %}
        {%- set state.other = entry.limit %}
        {%- else %}
        when '{{ entry.type }}' then {{ 'null' if entry.limit is none else entry.limit }}
        {%- endif %}
        {%- endfor %}
        else {{ 'null' if state.other is none else state.other }}
    end
{%- endmacro %}
