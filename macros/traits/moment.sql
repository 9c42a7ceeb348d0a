{#
    A moment that a model's author wrote, as a timestamp in UTC: ISO-8601, its offset applied; UTC where
    it has none.

    | call                                           | is                     |
    |------------------------------------------------|------------------------|
    | homespun.moment('2026-03-31')                  | 2026-03-31 00:00:00    |
    | homespun.moment('2026-03-31T10:00:00+02:00')   | 2026-03-31 08:00:00    |
#}
{% macro moment(text) -%}
    {%- set form = '^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?)'
        ~ '( ?UTC|Z|([+-])([0-9]{2}):?([0-9]{2})?)?$' -%}
    {%- set found = modules.re.match(form, text | string) -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "homespun.moment: '" ~ text ~ "' is no moment such as '2026-03-31' or "
            ~ "'2026-03-31T10:00:00+02:00'"
        ) }}
    {%- endif -%}
    {%- set moment = "cast('" ~ found.group(1) ~ "' as " ~ dbt.type_timestamp() ~ ')' -%}
    {%- if found.group(6) -%}
        {%- set minutes = (found.group(7) | int) * 60 + (found.group(8) or 0) | int -%}
        {%- set moment = dbt.dateadd(
            'minute', -minutes if found.group(6) == '+' else minutes, moment
        ) -%}
    {%- endif -%}
    {{ return(moment) }}
{%- endmacro %}
