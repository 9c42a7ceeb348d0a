{#
    The path of the object or array that a property is in; '' at the top. A path's keys are joined by
    dots, '$' stands for an array's items, and a dot in a key is written `\.`:
    'products.$.sku' is in 'products.$'.
#}
{% macro path_parent(path) -%}
    {{ return(adapter.dispatch('path_parent', 'homespun')(path)) }}
{%- endmacro %}

{% macro duckdb__path_parent(path) -%}
    regexp_replace({{ path }}, '(^|\.)(\\.|[^.\\])*$', '')
{%- endmacro %}
