{#
    A comment that tells `homespun explain` of a condition: what it says in words, when it holds, and how
    to ask for the value that it looks at.
#}
{% macro condition_mark(says, holds, value=none) -%}
    {%- set told = tojson({'says': says, 'holds': holds, 'value': value}) -%}
    {{ return('/* condition ' ~ told | replace('*', '\\u002a') ~ ' */') }}
{%- endmacro %}
