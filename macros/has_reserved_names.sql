{# May a JSON object hold a name of a column of ours? A test of its text, as has_loose_names. #}
{% macro has_reserved_names(column) -%}
    {%- set names = [] -%}
    {%- for call in ['track', 'page', 'group', 'alias'] -%}
        {%- for name in homespun.reserved_columns(call) if name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ homespun.matches(
        'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')',
        "'\"(" ~ names | join('|') ~ ")\"\\s*:'"
    ) }}
{%- endmacro %}
