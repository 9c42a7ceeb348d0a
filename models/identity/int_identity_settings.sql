{#
    The vars and seeds that say what an identifier is, and what links: where one of them was changed,
    the incremental models start again.
#}
{%- set said_by = [
    var('homespun_identifiers'), var('homespun_alias_merges') | string
] | string %}
{%- set linked_by = [var('homespun_shared_device_limit') | string] | string %}

with

blocked_identifiers as (

    select {{ homespun.fingerprint(['id_type', 'match', 'value']) }} as fingerprint
    from {{ ref(project_name, var('homespun_blocked_identifiers')) }}

),

overrides as (

    {{ homespun.identity_overrides() }}

),

identity_overrides as (

    select
        {{ homespun.fingerprint([
            'action', 'id_type', 'id_value', 'other_id_type', 'other_id_value', 'decided_at'
        ]) }} as fingerprint
    from overrides

)

select
    {{ dbt.hash(dbt.concat([
        dbt.string_literal(dbt.escape_single_quotes(said_by)), 'blocked_identifiers.fingerprint'
    ])) }} as said_by,
    {{ dbt.hash(dbt.concat([
        dbt.string_literal(dbt.escape_single_quotes(said_by ~ linked_by)),
        'blocked_identifiers.fingerprint',
        'identity_overrides.fingerprint'
    ])) }} as linked_by
from blocked_identifiers
cross join identity_overrides
