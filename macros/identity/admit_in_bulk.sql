{#
    Admit all links of the groups that break no limit even when each is made one, in whatever order;
    in `link` those of the other groups are left.
#}
{% macro admit_in_bulk(work, link, admitted, root) -%}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set apart = homespun.work_table(work, 'apart') %}
    {% set group_link = homespun.work_table(work, 'group_link') %}
    {% set group_admitted = homespun.work_table(work, 'group_admitted') %}
    {% set group_root = homespun.work_table(work, 'group_root') %}
    {% set broken = homespun.work_table(work, 'broken') %}
    {% set left_over = homespun.work_table(work, 'left_over') %}
    {% do homespun.make_table(group_link, 'select a, b, edge_number from ' ~ link) %}
    {% do homespun.make_table(
        group_admitted, 'select edge_number from ' ~ link ~ ' where 1 = 0'
    ) %}
    {% do homespun.span_links(work, group_link, group_admitted, group_root) %}
    {% set select_broken %}
        select coalesce(root.root, holding.component) as component
        from {{ holding }} as holding
        left join {{ group_root }} as root on holding.component = root.component
        group by coalesce(root.root, holding.component), holding.id_type
        having sum(holding.held) > max(holding.allowed)
        union
        select coalesce(a_end.root, apart.a) as component
        from {{ apart }} as apart
        left join {{ group_root }} as a_end on apart.a = a_end.component
        left join {{ group_root }} as b_end on apart.b = b_end.component
        where coalesce(a_end.root, apart.a) = coalesce(b_end.root, apart.b)
    {% endset %}
    {% do homespun.make_table(broken, select_broken) %}
    {% do homespun.make_table(
        root, 'select component, root from ' ~ group_root
        ~ ' where root not in (select component from ' ~ broken ~ ')'
    ) %}
    {% set is_broken %}
        from {{ link }} as link
        left join {{ group_root }} as root on link.a = root.component
        left join {{ broken }} as broken on coalesce(root.root, link.a) = broken.component
    {% endset %}
    {% do run_query(
        'insert into ' ~ admitted ~ ' select link.edge_number' ~ is_broken
        ~ ' inner join ' ~ group_admitted ~ ' as taken on link.edge_number = taken.edge_number'
        ~ ' where broken.component is null'
    ) %}
    {% do homespun.make_table(
        left_over,
        'select link.a, link.b, link.edge_number' ~ is_broken ~ ' where broken.component is not null'
    ) %}
    {% do homespun.make_table(link, 'select a, b, edge_number from ' ~ left_over) %}
{%- endmacro %}
