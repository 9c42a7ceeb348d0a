{#
    Replace the ends of every link by their roots; keep the first link between two components and
    drop those inside one.
#}
{% macro contract_links(work, link, map) -%}
    {% set root = homespun.work_table(work, map) %}
    {% set select_contracted %}
        select
            least(a_root, b_root) as a,
            greatest(a_root, b_root) as b,
            min(edge_number) as edge_number
        from (
            select
                coalesce(a_end.root, link.a) as a_root,
                coalesce(b_end.root, link.b) as b_root,
                link.edge_number
            from {{ homespun.work_table(work, link) }} as link
            left join {{ root }} as a_end on link.a = a_end.component
            left join {{ root }} as b_end on link.b = b_end.component
        ) as moved
        where a_root != b_root
        group by 1, 2
    {% endset %}
    {% do homespun.make_table(work, link, select_contracted) %}
{%- endmacro %}
