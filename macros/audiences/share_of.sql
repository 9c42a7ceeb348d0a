{#
    Where a profile stands in a random order of all, from 0 up to but not including 100: always the
    same for one salt. It is taken from the profile id, a hash of the profile's first identifier, so
    that it outlives merges.
#}
{% macro share_of(salt, profile_id='profile_id') -%}
    {{ return(adapter.dispatch('share_of', 'homespun')(
        dbt.hash(dbt.concat([homespun.quoted(salt ~ ':'), profile_id]))
    )) }}
{%- endmacro %}

{% macro duckdb__share_of(hash) -%}
    cast('0x' || left({{ hash }}, 8) as bigint) * 100 / 4294967296
{%- endmacro %}
