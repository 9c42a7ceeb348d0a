{#
    A condition on a row of stg_events, or of what rests on it: is it newer than all that the model
    holds? True in a full build. Later loads have a later loaded_at, and so has whatever changed.
#}
{% macro is_new(column='loaded_at') -%}
    {%- if is_incremental() -%}
        {{ column }} > {{ homespun.seen_until() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Up to when an incremental model has seen what was loaded; long ago while it is empty. #}
{% macro seen_until() -%}
    (
        select coalesce(max(loaded_at), cast('1000-01-01' as {{ dbt.type_timestamp() }}))
        from {{ this }}
    )
{%- endmacro %}
