{#
    An identifier as it is compared: without surrounding white space, an e-mail in lower case, a phone
    number in E.164 where it says its country. Null where it cannot be one.
#}
{% macro clean_identifier(id_type, value) -%}
    {%- if id_type == 'email' -%}
        {%- set text = 'lower(' ~ homespun.strip(value) ~ ')' -%}
        case when {{ homespun.matches(text, "'^[^@[:space:]]+@[^@[:space:]]+$'") }} then {{ text }} end
    {%- elif id_type == 'phone' -%}
        {%- set text = "regexp_replace(" ~ homespun.keep_phone_characters(value) ~ ", '^00', '+')" -%}
        case when {{ homespun.matches(text, "'^[+]?[0-9]{7,15}$'") }} then {{ text }} end
    {%- else -%}
        {{ homespun.strip(value) }}
    {%- endif -%}
{%- endmacro %}
