{#
    The SQL of a trait with a comment that tells by_profile what it reads: of which events, since when.
#}
{% macro trait(code, event=none, within=none, between=none) -%}
    {%- set reads = {
        'events': [] if event is none else ([event] if event is string else event),
        'since': within if within is not none else (between[1] if between is not none else none),
        'until': between[0] if between is not none else none,
    } -%}
    {{ return(
        '/* trait ' ~ tojson(reads) | replace('*', '\\u002a') ~ ' */ ' ~ code ~ ' /* end of trait */'
    ) }}
{%- endmacro %}
