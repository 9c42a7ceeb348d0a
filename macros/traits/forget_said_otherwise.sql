{#
    Delete the rows that other settings of identity made: they may name another owner. The hook before
    a model that keeps owners; see is_said_so.
#}
{% macro forget_said_otherwise() -%}
{%- set is_said_so = homespun.is_said_so() -%}
{% if is_incremental() %}
delete from {{ this }}
where not {{ is_said_so }}
{% endif %}
{%- endmacro %}
