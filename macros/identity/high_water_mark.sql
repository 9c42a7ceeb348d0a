{#
    The latest loaded_at that the model already holds, as a scalar; before all time where the settings
    by which it was built have changed, so that everything is new again.
#}
{% macro high_water_mark() -%}
    (
        select coalesce(max(loaded_at), cast('0001-01-01' as {{ dbt.type_timestamp() }}))
        from {{ this }}
        where said_by = (select said_by from {{ ref('int_identity_settings') }})
    )
{%- endmacro %}
