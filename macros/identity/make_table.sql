{#
    Queue the making of a work table: what the identity fixpoint remembers from one statement to the
    next. Not a temporary one: dbt v2 runs each statement on a connection of its own. The select may
    read the table that it replaces.
#}
{% macro make_table(work, name, sql) -%}
    {% do work.pending.append(homespun.create_or_replace_table(homespun.work_table(work, name), sql)) %}
{%- endmacro %}
