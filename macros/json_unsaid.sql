{#
    A JSON object without the leaves that another object says under another spelling, at any level: of
    {first_name, plan} and {firstName}, {plan}. A leaf under the same spelling stays.
#}
{% macro json_unsaid(document, saying) -%}
    {{ return(adapter.dispatch('json_unsaid', 'homespun')(document, saying)) }}
{%- endmacro %}

{#
    What is said otherwise is patched away. A dot in a key looks like a step of the path: the patch is
    made only where the path leads somewhere.
#}
{% macro duckdb__json_unsaid(document, saying) -%}
    case
        when not (
            {{ homespun.has_loose_names(document) }} or {{ homespun.has_loose_names(saying) }}
        ) then {{ document }}
        else [
            list_reduce(
                list_prepend({{ document }}, [
                    cast(
                        '{' || array_to_string(
                            [to_json(key) for key in string_split(known.field, '.')], ':{'
                        ) || ':null' || repeat('}', len(string_split(known.field, '.'))) as json
                    )
                    for known in {{ homespun.flat_names(document) }}
                    if coalesce(list_contains([leaf.name for leaf in said], known.name), false)
                    and not list_contains([leaf.field for leaf in said], known.field)
                    and json_exists({{ document }}, '/' || replace(
                        replace(replace(known.field, '~', '~0'), '/', '~1'), '.', '/'
                    ))
                ]),
                lambda patched, patch: json_merge_patch(patched, patch)
            )
            for said in [{{ homespun.flat_names(saying) }}]
        ][1]
    end
{%- endmacro %}
