{#
    The moment so long before as_of: '30 days' is as_of less thirty times 24 hours. The comment tells
    by_profile when a row moves over the edge of the window.
#}
{% macro ago(text) -%}
    {%- set length = homespun.duration(text) -%}
    /* edge {{ length.number }} {{ length.unit }} */ {{ dbt.dateadd(length.unit, -length.number, 'as_of') }}
{%- endmacro %}
