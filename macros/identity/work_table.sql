{#
    A work table of the identity fixpoint, beside the model that is being built. `work` remembers each
    name that was asked for, so that all can be dropped at the end.
#}
{% macro work_table(work, name) -%}
    {% if name not in work.tables %}
        {% do work.tables.update({name: api.Relation.create(
            database=work.model.database,
            schema=work.model.schema,
            identifier=work.model.identifier ~ '__' ~ name,
            type='table'
        )}) %}
    {% endif %}
    {{ return(work.tables[name]) }}
{%- endmacro %}
