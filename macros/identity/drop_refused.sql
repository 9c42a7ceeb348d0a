{#
    Drop the links between two components that may not be one: together they would hold more of a
    type than is allowed (`holding`: component, id_type, held, allowed), or an override keeps them
    apart (`apart`: a, b, both ways). A component never gives back what it holds, so what is refused
    once stays refused.
#}
{% macro drop_refused(work, link) -%}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set apart = homespun.work_table(work, 'apart') %}
    {% set contracted = homespun.work_table(work, 'contracted') %}
    {% set select_allowed %}
        select link.a, link.b, link.edge_number
        from {{ link }} as link
        left join (
            select link.edge_number
            from {{ link }} as link
            inner join {{ holding }} as a_end on link.a = a_end.component
            inner join {{ holding }} as b_end
                on link.b = b_end.component and a_end.id_type = b_end.id_type
            where a_end.held + b_end.held > a_end.allowed
            union
            select link.edge_number
            from {{ link }} as link
            inner join {{ apart }} as apart on link.a = apart.a and link.b = apart.b
        ) as refused
            on link.edge_number = refused.edge_number
        where refused.edge_number is null
    {% endset %}
    {% do homespun.make_table(contracted, select_allowed) %}
    {% do homespun.make_table(link, 'select a, b, edge_number from ' ~ contracted) %}
{%- endmacro %}

{# Say of components that were moved (component, root) what was said of their parts. #}
{% macro move_limits(work, root) -%}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set apart = homespun.work_table(work, 'apart') %}
    {% set contracted = homespun.work_table(work, 'contracted') %}
    {% set select_holding %}
        select
            coalesce(root.root, holding.component) as component,
            holding.id_type,
            cast(sum(holding.held) as bigint) as held,
            max(holding.allowed) as allowed
        from {{ holding }} as holding
        left join {{ root }} as root on holding.component = root.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(contracted, select_holding) %}
    {% do homespun.make_table(holding, 'select * from ' ~ contracted) %}
    {% set select_apart %}
        select
            coalesce(a_end.root, apart.a) as a,
            coalesce(b_end.root, apart.b) as b
        from {{ apart }} as apart
        left join {{ root }} as a_end on apart.a = a_end.component
        left join {{ root }} as b_end on apart.b = b_end.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(contracted, select_apart) %}
    {% do homespun.make_table(apart, 'select * from ' ~ contracted) %}
{%- endmacro %}
