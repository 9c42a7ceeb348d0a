{#
    Is a value, given as text and by its kind, one of the tracking plan's allowed values, which have |
    between them? All are where it names none. 5.0 is the number 5.
#}
{% macro is_allowed(text, kind, allowed_values) -%}
    {%- set listed = "'|' || " ~ allowed_values ~ " || '|'" -%}
    case
        when {{ allowed_values }} is null then true
        when strpos({{ text }}, '|') > 0 then false
        else
            strpos({{ listed }}, '|' || {{ text }} || '|') > 0
            or (
                {{ kind }} = 'number'
                and strpos({{ listed }}, '|' || replace({{ text }} || '|', '.0|', '|')) > 0
            )
    end
{%- endmacro %}
