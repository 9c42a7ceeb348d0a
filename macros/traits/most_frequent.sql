{#
    A trait: the value that a property has most often among such events (see
    homespun.event_condition), and at least so often; of several that are as frequent the first in
    the alphabet. Null where no value is frequent enough.
#}
{% macro most_frequent(
    event, property, minimum=2, type='string', where=[], within=none, between=none
) -%}
    {%- set value = homespun.matching_value(event, property, type, where, within, between) -%}
    {%- set counts = homespun.trait_part('counts', value) -%}
    {%- set most = adapter.dispatch('most_frequent', 'homespun') -%}
    {{ return(homespun.trait(
        most(counts.code, minimum),
        event, within, between, part=counts, finish=most('$part', minimum)
    )) }}
{%- endmacro %}

{% macro duckdb__most_frequent(counts, minimum) -%}
    (list_sort(list_transform(
        list_filter({{ counts }}, lambda entry: entry.value >= {{ minimum }}),
        lambda entry: {'rarity': -cast(entry.value as bigint), 'value': entry.key}
    )))[1].value
{%- endmacro %}
