{#
    A trait: the value that a property has most often among such events (see
    homespun.event_condition), and at least so often; of several that are as frequent the first in
    the alphabet. Null where no value is frequent enough.
#}
{% macro most_frequent(
    event, property, minimum=2, type='string', where=[], within=none, between=none
) -%}
    {{ return(homespun.trait(
        adapter.dispatch('most_frequent', 'homespun')(
            homespun.matching_value(event, property, type, where, within, between), minimum
        ),
        event, within, between
    )) }}
{%- endmacro %}

{# `histogram` as an aggregate takes two and a half times as long. #}
{% macro duckdb__most_frequent(value, minimum) -%}
    (list_sort(list_transform(
        list_filter(
            map_entries(list_aggregate(list({{ value }}), 'histogram')),
            lambda entry: entry.value >= {{ minimum }}
        ),
        lambda entry: {'rarity': -cast(entry.value as bigint), 'value': entry.key}
    )))[1].value
{%- endmacro %}
