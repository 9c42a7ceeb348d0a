{#
    Admit all links of the groups that break no limit even when each is made one, in whatever order;
    in `link` those of the other groups are left.
#}
{% macro admit_in_bulk(work, link, admitted) -%}
    {% set table = homespun.work_table(work, link) %}
    {% set group_admitted = homespun.work_table(work, 'group_admitted') %}
    {% do homespun.make_table(work, 'group_link', 'select a, b, edge_number from ' ~ table) %}
    {% do homespun.make_table(
        work, 'group_admitted', 'select edge_number from ' ~ table ~ ' where 1 = 0'
    ) %}
    {% do homespun.span_links(work, 'group_link', 'group_admitted', 'group_root') %}
    {% do homespun.make_table(
        work, 'group_broken', homespun.broken_components(work, 'group_root')
    ) %}
    {% set of_link %}
        from {{ table }} as link
        left join {{ homespun.work_table(work, 'group_root') }} as root on link.a = root.component
        left join {{ homespun.work_table(work, 'group_broken') }} as broken
            on coalesce(root.root, link.a) = broken.component
    {% endset %}
    {% do homespun.add_rows(
        work, admitted,
        'select link.edge_number' ~ of_link
        ~ ' inner join ' ~ group_admitted ~ ' as taken on link.edge_number = taken.edge_number'
        ~ ' where broken.component is null'
    ) %}
    {% do homespun.make_table(
        work, link,
        'select link.a, link.b, link.edge_number' ~ of_link ~ ' where broken.component is not null'
    ) %}
{%- endmacro %}
