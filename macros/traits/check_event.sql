{# Stop with a word about the nearest name where the tracking plan does not know an event. #}
{% macro check_event(event) -%}
    {%- set calls = ['$page', '$screen', '$identify', '$group', '$alias'] -%}
    {%- if event.startswith('$') -%}
        {%- if event not in calls -%}
            {{ exceptions.raise_compiler_error(
                "homespun: '" ~ event ~ "' is no call; there are: " ~ calls | join(', ')
            ) }}
        {%- endif -%}
    {%- else -%}
        {%- set plan = homespun.planned_properties() -%}
        {%- if plan and homespun.event_slug(event) not in plan -%}
            {{ exceptions.raise_compiler_error(
                "homespun: the tracking plan has no event '" ~ event ~ "'; did you mean '"
                ~ homespun.nearest(event, plan.keys()) ~ "'?"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
