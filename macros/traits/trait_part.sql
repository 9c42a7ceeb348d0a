{#
    What a trait of a value is merged by where itself says too little (see homespun.trait): the `lists`
    of what there is, the `counts` of each, or the `means`' totals and numbers; none where the
    warehouse has no such values.
#}
{% macro trait_part(merge, value) -%}
    {{ return(adapter.dispatch('trait_part', 'homespun')(merge, value)) }}
{%- endmacro %}

{% macro default__trait_part(merge, value) -%}
    {{ return(none) }}
{%- endmacro %}

{# `histogram` as an aggregate takes two and a half times as long. #}
{% macro duckdb__trait_part(merge, value) -%}
    {%- set codes = {
        'lists': 'list_sort(list_distinct(coalesce(list(' ~ value ~ '), [])))',
        'counts': 'coalesce(map_entries(list_aggregate(list(' ~ value ~ "), 'histogram')), [])",
        'means': "{'total': sum(" ~ value ~ "), 'number': count(" ~ value ~ ')}',
    } -%}
    {{ return({'code': codes[merge], 'merge': merge}) }}
{%- endmacro %}
