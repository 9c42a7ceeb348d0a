{#
    A JSON object with a patch applied (RFC 7396): the patch's entries replace the object's, objects
    are merged, and null removes.
#}
{% macro json_merge(document, patch) -%}
    {{ return(adapter.dispatch('json_merge', 'homespun')(document, patch)) }}
{%- endmacro %}

{% macro duckdb__json_merge(document, patch) -%}
    json_merge_patch({{ document }}, {{ patch }})
{%- endmacro %}
