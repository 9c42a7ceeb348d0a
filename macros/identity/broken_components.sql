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
