{# The last key of a path, as it is sent: of 'products.$.sku' it is 'sku'. See path_parent. #}
{% macro path_key(path) -%}
    {{ return(adapter.dispatch('path_key', 'homespun')(path)) }}
{%- endmacro %}

{% macro duckdb__path_key(path) -%}
    regexp_replace(
        ltrim(substr({{ path }}, length({{ homespun.path_parent(path) }}) + 1), '.'),
        '\\(.)', '\1', 'g'
    )
{%- endmacro %}
