{#
    A trait: how many whole units of time have passed since the last of such events (see
    homespun.event_condition); null if there is none.
#}
{% macro time_since_last(event=none, unit='day', where=[], within=none, between=none) -%}
    {{ homespun.time_since(homespun.last_at(event, where, within, between), unit, 'max(as_of)') }}
{%- endmacro %}
