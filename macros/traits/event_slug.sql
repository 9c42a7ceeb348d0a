{#
    An event's name as profile_events has it: snake case, or as it is where that leaves nothing of it;
    '$page' and other calls as they are.
#}
{% macro event_slug(name) -%}
    {%- if name.startswith('$') -%}
        {{ return(name) }}
    {%- endif -%}
    {{ return(
        modules.re.findall('[A-Z0-9]+[a-z0-9]*|[a-z0-9]+', name) | join('_') | lower or name
    ) }}
{%- endmacro %}
