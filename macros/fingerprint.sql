{# The rows of a small table as one text that changes whenever they do: an aggregate of its columns. #}
{% macro fingerprint(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
        {%- do texts.append("'|'") -%}
    {%- endfor -%}
    {%- set row_text = dbt.concat(texts) -%}
    coalesce({{ dbt.listagg(row_text, "'\n'", 'order by ' ~ row_text) }}, '')
{%- endmacro %}
