{#
    A select of the rows of stg_events that are newer than all that the model at hand holds, those of
    one call, or of one track event, as the body of a CTE.

    | call                                              | is                                        |
    |---------------------------------------------------|-------------------------------------------|
    | homespun.new_events('alias')                      | the new alias calls                       |
    | homespun.new_events('track', 'order_completed')   | the new calls of the event                |

    One question comes first: what is new? Mostly no verdict is, and then new messages are as
    stg_messages has them; DuckDB takes longer to see through stg_events than to read a day's rows. A
    table that is still empty would look for its rows in all of history, at each build again, but for
    a look at the two columns that tell.
#}
{% macro new_events(call, event_slug=none) -%}
    {%- set events = ref('homespun', 'stg_events') -%}
    {%- set messages = ref('homespun', 'stg_messages') -%}
    {%- set verdicts = ref('homespun', 'stg_verdicts') -%}
    {%- set of_call = "type = '" ~ call ~ "'"
        ~ (" and event_slug = '" ~ event_slug ~ "'" if event_slug is not none else '') -%}
    {%- if not (execute and is_incremental()) -%}
        {{ return('select * from ' ~ events ~ ' where ' ~ of_call) }}
    {%- endif -%}
    {%- set question -%}
        select
            cast(seen.loaded_at as {{ dbt.type_string() }}) as seen_until,
            cast(
                max(case when verdicts.message_key is null then verdicts.loaded_at end)
                as {{ dbt.type_string() }}
            ) as judged_until,
            count(verdicts.message_key) as new_verdict_count
        from (select max(loaded_at) as loaded_at from {{ this }}) as seen
        left join {{ verdicts }} as verdicts on seen.loaded_at < verdicts.loaded_at
        group by seen.loaded_at
    {%- endset -%}
    {%- set found = run_query(question).rows[0] -%}
    {%- set seen_until, judged_until, new_verdict_count = found[0], found[1], found[2] -%}
    {%- set is_newer = "loaded_at > cast('" ~ seen_until ~ "' as " ~ dbt.type_timestamp() ~ ')' -%}
    {%- set first = 'select 1 from ' ~ messages ~ ' where ' ~ of_call ~ ' limit 1' -%}
    {%- if seen_until is none and run_query(first).rows | length > 0 -%}
        {{ return('select * from ' ~ events ~ ' where ' ~ of_call) }}
    {%- elif new_verdict_count > 0 -%}
        {{ return('select * from ' ~ events ~ ' where ' ~ of_call ~ ' and ' ~ is_newer) }}
    {%- elif seen_until is none or judged_until is none -%}
        {{ return('select * from ' ~ messages ~ ' where false') }}
    {%- endif -%}
    {{ return(
        'select * from ' ~ messages ~ ' where ' ~ of_call ~ ' and ' ~ is_newer
        ~ " and loaded_at <= cast('" ~ judged_until ~ "' as " ~ dbt.type_timestamp() ~ ')'
    ) }}
{%- endmacro %}
