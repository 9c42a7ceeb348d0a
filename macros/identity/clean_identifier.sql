{#
    An identifier as it is compared: an e-mail in lower case, a phone number in E.164 where it says its
    country. Null where it cannot be one, which is also whatever is longer than 512 characters: a
    mistake. `value` is without surrounding white space.
#}
{% macro clean_identifier(id_type, value) -%}
    {%- set is_value = value ~ " != '' and length(" ~ value ~ ") <= 512" -%}
    {%- if id_type == 'email' -%}
        case
            when {{ is_value }} and {{ homespun.matches(value, "'^[^@[:space:]]+@[^@[:space:]]+$'") }}
                then lower({{ value }})
        end
    {%- elif id_type == 'phone' -%}
        {#- The zero in +49 (0)30 is dialled inside the country only. -#}
        {%- set number = "regexp_replace(" ~ value ~ ", '^((?:[+]|00)[^(]*)[(]0[)]', '\\1')" -%}
        {%- set text = "regexp_replace(" ~ homespun.keep_phone_characters(number) ~ ", '^00', '+')" -%}
        case when {{ homespun.matches(text, "'^[+]?[0-9]{7,15}$'") }} then {{ text }} end
    {%- else -%}
        case when {{ is_value }} then {{ value }} end
    {%- endif -%}
{%- endmacro %}
