{#
    What a trait, or a part of one, is of all events, from what it is of the `known` ones and of the
    `later` ones, of which each happened after all that are known.

    | merge    | the trait is                                       |
    |----------|----------------------------------------------------|
    | add      | a count or a sum                                   |
    | least    | the smallest of what the events have               |
    | greatest | the largest                                        |
    | first    | what the first of them has                         |
    | last     | what the last of them has                          |

    All others are parts: see homespun.trait_part.
#}
{% macro merged(merge, known, later) -%}
    {%- set simple = {
        'add': 'coalesce(' ~ known ~ ' + ' ~ later ~ ', ' ~ known ~ ', ' ~ later ~ ')',
        'least': 'coalesce(least(' ~ known ~ ', ' ~ later ~ '), ' ~ known ~ ', ' ~ later ~ ')',
        'greatest': 'coalesce(greatest(' ~ known ~ ', ' ~ later ~ '), ' ~ known ~ ', ' ~ later ~ ')',
        'first': 'coalesce(' ~ known ~ ', ' ~ later ~ ')',
        'last': 'coalesce(' ~ later ~ ', ' ~ known ~ ')',
    } -%}
    {{ return(
        simple[merge] if merge in simple
        else adapter.dispatch('merged', 'homespun')(merge, known, later)
    ) }}
{%- endmacro %}

{% macro duckdb__merged(merge, known, later) -%}
    {%- if merge == 'lists' -%}
        {{ return('list_sort(list_distinct(list_concat(' ~ known ~ ', ' ~ later ~ ')))') }}
    {%- elif merge == 'means' -%}
        {{ return(
            "{'total': " ~ homespun.merged('add', known ~ '.total', later ~ '.total')
            ~ ", 'number': " ~ known ~ '.number + ' ~ later ~ '.number}'
        ) }}
    {%- endif -%}
    {%- set counts = 'list_concat(' ~ known ~ ', ' ~ later ~ ')' -%}
    {{ return(
        'list_transform(list_sort(list_distinct(list_transform(' ~ counts ~ ', lambda one: one.key))), '
        ~ "lambda value: {'key': value, 'value': cast(list_sum(list_transform(list_filter(" ~ counts
        ~ ', lambda one: one.key = value), lambda one: one.value)) as ubigint)})'
    ) }}
{%- endmacro %}
