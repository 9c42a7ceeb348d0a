{#
    Decide which edges may link where not all of them may.

    | table    | before                                              | after       |
    |----------|-----------------------------------------------------|-------------|
    | broken_edge | edge_number, left_number, right_number, is_ordained |          |
    | holding  | component, id_type, held, allowed: what is limited  |             |
    | apart    | a, b: what an override keeps apart, both ways       |             |
    | admitted |                                                     | edge_number |

    The rule is that of a person who goes through the edges in their order and takes each one that
    breaks no limit; edges that an override ordains come before all others, and no limit binds them.

    Nearly all of it is done set by set. An edge at which one side holds nothing that is limited is
    always taken, and those are the first spanning forest of the graph in which all that is limited is
    one vertex. What is left joins limited identifiers only: most of it is refused at once (two
    user_ids), groups that break no limit are taken whole, and only the rest needs its order.
#}
{% macro admit_edges(work) -%}
    {% set edge = homespun.work_table(work, 'broken_edge') %}
    {% set holding = homespun.work_table(work, 'holding') %}
    {% set select_link = 'select left_number as a, right_number as b, edge_number from ' ~ edge %}
    {% do homespun.make_table(
        work, 'admitted', 'select edge_number from ' ~ edge ~ ' where 1 = 0'
    ) %}

    {% do homespun.make_table(work, 'ordained', select_link ~ ' where is_ordained') %}
    {% do homespun.make_table(work, 'link', select_link ~ ' where not is_ordained') %}
    {% if homespun.count_rows(work, 'ordained') > 0 %}
        {% do homespun.make_table(work, 'limits', 'select * from ' ~ holding) %}
        {% do homespun.make_table(
            work, 'holding', 'select * from ' ~ holding ~ ' where 1 = 0'
        ) %}
        {% do homespun.admit_in_order(work, 'ordained', 'admitted', 'ordained_root') %}
        {% do homespun.make_table(
            work, 'holding', 'select * from ' ~ homespun.work_table(work, 'limits')
        ) %}
        {% do homespun.move_limits(work, 'ordained_root') %}
        {% do homespun.contract_links(work, 'link', 'ordained_root') %}
    {% endif %}

    {% do homespun.make_table(
        work, 'closed',
        'select component from ' ~ holding ~ ' union select a as component from '
        ~ homespun.work_table(work, 'apart')
    ) %}
    {% do homespun.span_links(work, 'link', 'admitted', 'free_root', 'closed') %}
    {% do homespun.drop_refused(work, 'link') %}
    {% if homespun.count_rows(work, 'link') > 0 %}
        {% do homespun.admit_in_bulk(work, 'link', 'admitted') %}
        {% do homespun.admit_in_order(work, 'link', 'admitted', 'ordered_root') %}
    {% endif %}
{%- endmacro %}
