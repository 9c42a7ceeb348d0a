{#
    The path of an entry of the object or array at a path. Dots and backslashes of a key are escaped,
    and so is a key that is '$', which stands for an array's items. See path_parent.

    A backslash is written as chr(92): warehouses, and dbt v2's own parser, read '\' differently.
#}
{% macro path_join(path, key, is_item) -%}
    case when {{ path }} = '' then '' else {{ path }} || '.' end
    || case
        when {{ key }} = '$' and not {{ is_item }} then chr(92) || '$'
        else replace(
            replace({{ key }}, chr(92), chr(92) || chr(92)), '.', chr(92) || '.'
        )
    end
{%- endmacro %}
