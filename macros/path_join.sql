{#
    The path of an entry of the object or array at a path. Dots and backslashes of a key are escaped,
    and so is a key that is '$', which stands for an array's items. See path_parent.
#}
{% macro path_join(path, key, is_item) -%}
    case when {{ path }} = '' then '' else {{ path }} || '.' end
    || case
        when {{ key }} = '$' and not {{ is_item }} then '\$'
        else replace(replace({{ key }}, '\', '\\'), '.', '\.')
    end
{%- endmacro %}
