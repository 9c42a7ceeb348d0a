{#
    A JSON object flattened as Segment's warehouses flatten it (see flat_names): {name: value}. Of
    several fields with one name the first has it, one that is sent under that very name before all
    others. What is flat already, as most messages are, is taken as it is.
#}
{% macro flat_json(column) -%}
    {{ return(adapter.dispatch('flat_json', 'homespun')(column)) }}
{%- endmacro %}

{% macro duckdb__flat_json(column) -%}
    case
        when not {{ homespun.has_loose_names(column) }} then {{ column }}
        else [
            cast('{' || array_to_string(list_concat(
                [to_json(leaf.name) || ':' || leaf.value for leaf in leaves if leaf.name = leaf.field],
                [to_json(leaf.name) || ':' || leaf.value for leaf in leaves if leaf.name != leaf.field]
            ), ',') || '}' as json)
            for leaves in [{{ homespun.flat_names(column) }}]
        ][1]
    end
{%- endmacro %}
