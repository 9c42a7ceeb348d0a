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

{# Say of components that were moved (component, root) what was said of their parts. #}
{% macro move_limits(work, map) -%}
    {% set root = homespun.work_table(work, map) %}
    {% set select_holding %}
        select
            coalesce(root.root, holding.component) as component,
            holding.id_type,
            cast(sum(holding.held) as bigint) as held,
            max(holding.allowed) as allowed
        from {{ homespun.work_table(work, 'holding') }} as holding
        left join {{ root }} as root on holding.component = root.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, 'holding', select_holding) %}
    {% set select_apart %}
        select
            coalesce(a_end.root, apart.a) as a,
            coalesce(b_end.root, apart.b) as b
        from {{ homespun.work_table(work, 'apart') }} as apart
        left join {{ root }} as a_end on apart.a = a_end.component
        left join {{ root }} as b_end on apart.b = b_end.component
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, 'apart', select_apart) %}
{%- endmacro %}

{#
    The components of `root` that break a limit: together they hold more of a type than is allowed, or
    an override keeps two of their parts apart.
#}
{% macro broken_components(work, map) -%}
    {% set root = homespun.work_table(work, map) %}
    select coalesce(root.root, holding.component) as component
    from {{ homespun.work_table(work, 'holding') }} as holding
    left join {{ root }} as root on holding.component = root.component
    group by coalesce(root.root, holding.component), holding.id_type
    having sum(holding.held) > max(holding.allowed)
    union
    select coalesce(a_end.root, apart.a) as component
    from {{ homespun.work_table(work, 'apart') }} as apart
    left join {{ root }} as a_end on apart.a = a_end.component
    left join {{ root }} as b_end on apart.b = b_end.component
    where coalesce(a_end.root, apart.a) = coalesce(b_end.root, apart.b)
{%- endmacro %}
