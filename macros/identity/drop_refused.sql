{#
    Drop the links between two components that may not be one: together they would hold more of a
    type than is allowed (`holding`: component, id_type, held, allowed), or an override keeps them
    apart (`apart`: a, b, both ways). A component never gives back what it holds, so what is refused
    once stays refused.
#}
{% macro drop_refused(work, link) -%}
    {% set table = homespun.work_table(work, link) %}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set apart = homespun.work_table(work, 'apart') %}
    {% set select_allowed %}
        select link.a, link.b, link.edge_number
        from {{ table }} as link
        left join (
            select link.edge_number
            from {{ table }} as link
            inner join {{ holding }} as a_end on link.a = a_end.component
            inner join {{ holding }} as b_end
                on link.b = b_end.component and a_end.id_type = b_end.id_type
            where a_end.held + b_end.held > a_end.allowed
            union
            select link.edge_number
            from {{ table }} as link
            inner join {{ apart }} as apart on link.a = apart.a and link.b = apart.b
        ) as refused
            on link.edge_number = refused.edge_number
        where refused.edge_number is null
    {% endset %}
    {% do homespun.make_table(work, link, select_allowed) %}
{%- endmacro %}
