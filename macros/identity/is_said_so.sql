{#
    Was the row of the incremental model at hand made by the settings of now?

    They are asked for first and written as a literal: with it DuckDB passes over all rows of one
    settings at once, and with a subquery it reads them.
#}
{% macro is_said_so() -%}
    {%- set settings = ref('homespun', 'int_identity_settings') -%}
    {%- if execute and is_incremental() -%}
        {%- set question = 'select said_by from ' ~ settings -%}
        said_by = '{{ run_query(question).columns[0].values()[0] }}'
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
