{# Why a message makes two identifiers one, as text: of a column that says if it is an alias call. #}
{% macro link_rule(is_alias) -%}
    case when {{ is_alias }} then 'alias' else 'same_message' end
{%- endmacro %}
