{# Links as rows of either end: a select of component, neighbour and edge_number. #}
{% macro both_ways(link) -%}
    select a as component, b as neighbour, edge_number from {{ link }}
    union all
    select b as component, a as neighbour, edge_number from {{ link }}
{%- endmacro %}
