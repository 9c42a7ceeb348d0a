{#
    The number of the last build that wrote to a table with a build_number; 0 before it has rows.
    Asked for first and written as a literal, for the reason that is_new states.
#}
{% macro last_build(relation) -%}
    {%- if execute -%}
        {%- set question = 'select coalesce(max(build_number), 0) as last_build from ' ~ relation -%}
        {{ return(run_query(question).columns[0].values()[0] | int) }}
    {%- endif -%}
    {{ return(0) }}
{%- endmacro %}
