{#
    Stop a build that has nothing to read with a word about what to do: the first hook of every run.
#}
{% macro require_events() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set events = adapter.get_relation(
            database=target.database, schema=var('homespun_raw_schema'), identifier='events'
        ) -%}
        {%- if events is none -%}
            {{ exceptions.raise_compiler_error(
                'there is no ' ~ var('homespun_raw_schema') ~ '.events in the warehouse yet: '
                ~ 'run `homespun load PATH` first'
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
