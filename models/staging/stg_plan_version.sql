with

plan as (

    select * from {{ ref('stg_plan') }}

),

rules as (

    select
        {{ homespun.message_key(homespun.text_of_columns([
            'call_type', 'event', 'version', 'path', 'property_type', 'allowed_values', 'pattern',
            'on_violation', 'minimum', 'maximum', 'is_required',
        ])) }} as rule_key
    from plan

)

select {{ homespun.message_key(homespun.json_list(
    'cast(rule_key as ' ~ dbt.type_string() ~ ')'
) ~ " || '" ~ var('homespun_on_unplanned_event') ~ "'") }} as plan_version
from rules
