{#
    The leaves of a JSON object, one row each, under the names that Segment's warehouses give them
    (see flat_names): a select of the relation's columns with leaf_field, leaf_name, leaf_text,
    leaf_number, which counts in the message's order, and is_opened: true of an object, which has a
    row before those of its leaves.
#}
{% macro json_leaves(relation, column) -%}
    {{ return(adapter.dispatch('json_leaves', 'homespun')(relation, column)) }}
{%- endmacro %}

{% macro duckdb__json_leaves(relation, column) -%}
    select
        * exclude (leaf),
        leaf.field as leaf_field,
        leaf.name as leaf_name,
        leaf.is_opened as is_opened,
        json_extract_string(leaf.value, '$') as leaf_text
    from (
        select
            *,
            unnest(leaves) as leaf,
            unnest(generate_series(1, len(leaves))) as leaf_number
        from (
            select
                *,
                {{ homespun.flat_names(column, opened=true) }} as leaves
            from {{ relation }}
        )
    )
{%- endmacro %}
