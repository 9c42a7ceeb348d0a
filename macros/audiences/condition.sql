{#
    A condition on profile_id (or account_id) as SQL, with a comment that tells `homespun explain` what
    it says in words, when it holds, and how to ask for the value that it looks at.
#}
{% macro condition(says, holds, value=none) -%}
    {%- set told = tojson({'says': says, 'holds': holds, 'value': value}) | replace('*', '\\u002a') -%}
    {{ return('/* condition ' ~ told ~ ' */ ' ~ holds) }}
{%- endmacro %}
