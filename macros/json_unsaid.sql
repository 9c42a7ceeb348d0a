{#
    A JSON object without the entries that another object says under another spelling: of
    {first_name, plan} and {firstName}, {plan}. An entry under the same spelling stays.
#}
{% macro json_unsaid(document, saying) -%}
    {{ return(adapter.dispatch('json_unsaid', 'homespun')(document, saying)) }}
{%- endmacro %}

{% macro duckdb__json_unsaid(document, saying) -%}
    case
        when not (
            {{ homespun.has_loose_names(document) }} or {{ homespun.has_loose_names(saying) }}
        ) then {{ document }}
        else cast('{' || array_to_string([
            to_json(entry[1]) || ':' || entry[2]
            for entry in list_zip(json_keys({{ document }}), json_extract({{ document }}, '$.*'))
            if list_contains(json_keys({{ saying }}), entry[1])
            or not coalesce(list_contains(
                [{{ homespun.snake_case('said') }} for said in json_keys({{ saying }})],
                {{ homespun.snake_case('entry[1]') }}
            ), false)
        ], ',') || '}' as json)
    end
{%- endmacro %}
