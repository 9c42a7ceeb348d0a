{#
    May a JSON object hold an object, or a name that is not in snake case? A test of its text, made
    to be cheap: it never misses one, and a value that looks like one costs time only.
#}
{% macro has_loose_names(column) -%}
    {{ homespun.matches(
        'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')',
        "'\"(_[^\"]*|[^\"]*_|[^\"]*(__|[^a-z0-9_\"])[^\"]*|)\"\\s*:|:\\s*\\{'"
    ) }}
{%- endmacro %}
