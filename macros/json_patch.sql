{# A JSON object with a list of patches applied (RFC 7396), given as a JSON array of their texts. #}
{% macro json_patch(document, patches) -%}
    {{ return(adapter.dispatch('json_patch', 'homespun')(document, patches)) }}
{%- endmacro %}

{% macro duckdb__json_patch(document, patches) -%}
    list_reduce(
        list_prepend({{ document }}, cast(json_extract_string({{ patches }}, '$[*]') as json[])),
        lambda patched, patch: json_merge_patch(patched, patch)
    )
{%- endmacro %}
