{#
    For each component that has a link, its first: a select of component, neighbour and edge_number
    over a table of links (a, b, edge_number).
#}
{% macro first_links(link) -%}
    select component, neighbour, edge_number
    from (
        select
            component,
            neighbour,
            edge_number,
            row_number() over (partition by component order by edge_number) as choice
        from (
            select a as component, b as neighbour, edge_number from {{ link }}
            union all
            select b as component, a as neighbour, edge_number from {{ link }}
        ) as incident
    ) as ranked
    where choice = 1
{%- endmacro %}
