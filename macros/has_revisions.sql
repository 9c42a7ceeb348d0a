{#
    Has any message been revised (see stg_revisions) since the model at hand was built? Mostly none
    has, and to ask first costs less than to look for the rows of none in a whole table.

    A model and its hook are rendered apart, and so each asks: it takes 5 ms of half a million messages.
#}
{% macro has_revisions() -%}
    {%- set revisions = ref('homespun', 'stg_revisions') -%}
    {%- if not (execute and is_incremental()) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set question -%}
        select count(*) from {{ revisions }}
        where loaded_at > (select max(loaded_at) from {{ this }})
    {%- endset -%}
    {{ return(run_query(question).columns[0].values()[0] > 0) }}
{%- endmacro %}
