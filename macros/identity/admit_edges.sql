{#
    Decide which edges may link, and so which identifiers are one profile.

    | table    | before                                             | after                        |
    |----------|----------------------------------------------------|------------------------------|
    | edge     | edge_number, left_number, right_number, is_ordained |                             |
    | holding  | component, id_type, held, allowed: what is limited |                              |
    | apart    | a, b: what an override keeps apart, both ways      |                              |
    | admitted |                                                    | edge_number                  |
    | root     |                                                    | component, root: the profile |

    The rule is that of a person who goes through the edges in their order and takes each one that
    breaks no limit; edges that an override ordains come before all others, and no limit binds them.

    Nearly all of it is done set by set. An edge at which one side holds nothing that is limited is
    always taken, and those are the first spanning forest of the graph in which all that is limited is
    one vertex. What is left joins limited identifiers only: most of it is refused at once (two
    user_ids), groups that break no limit are taken whole, and only the rest needs its order.
#}
{% macro admit_edges(work) -%}
    {% set edge = homespun.work_table(work, 'edge') %}
    {% set link = homespun.work_table(work, 'link') %}
    {% set admitted = homespun.work_table(work, 'admitted') %}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set apart = homespun.work_table(work, 'apart') %}
    {% set closed = homespun.work_table(work, 'closed') %}
    {% set maps = [] %}
    {% do homespun.make_table(
        admitted, 'select edge_number from ' ~ edge ~ ' where 1 = 0'
    ) %}
    {% set select_link = 'select left_number as a, right_number as b, edge_number from ' ~ edge %}

    {% do homespun.make_table(link, select_link ~ ' where is_ordained') %}
    {% if homespun.count_rows(link) > 0 %}
        {% set limits = homespun.work_table(work, 'limits') %}
        {% do homespun.make_table(limits, 'select * from ' ~ holding) %}
        {% do homespun.make_table(holding, 'select * from ' ~ limits ~ ' where 1 = 0') %}
        {% do maps.append(homespun.work_table(work, 'ordained_root')) %}
        {% do homespun.admit_in_order(work, link, admitted, maps[-1]) %}
        {% do homespun.make_table(holding, 'select * from ' ~ limits) %}
        {% do homespun.move_limits(work, maps[-1]) %}
    {% endif %}

    {% do homespun.make_table(link, select_link ~ ' where not is_ordained') %}
    {% if maps %}
        {% do homespun.contract_links(work, link, maps[-1]) %}
    {% endif %}
    {% do homespun.make_table(
        closed,
        'select component from ' ~ holding ~ ' union select a as component from ' ~ apart
    ) %}
    {% do maps.append(homespun.work_table(work, 'free_root')) %}
    {% do homespun.span_links(work, link, admitted, maps[-1], closed) %}

    {% do homespun.drop_refused(work, link) %}
    {% if homespun.count_rows(link) > 0 %}
        {% do maps.append(homespun.work_table(work, 'bulk_root')) %}
        {% do homespun.admit_in_bulk(work, link, admitted, maps[-1]) %}
        {% do maps.append(homespun.work_table(work, 'ordered_root')) %}
        {% do homespun.admit_in_order(work, link, admitted, maps[-1]) %}
    {% endif %}
    {% do homespun.compose_maps(homespun.work_table(work, 'root'), maps) %}
{%- endmacro %}
