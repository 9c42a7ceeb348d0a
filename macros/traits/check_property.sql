{#
    Stop with a word about the nearest name where the tracking plan knows none of the events with such
    a property, or where a row of profile_events has no such column.
#}
{% macro check_property(events, property) -%}
    {%- if property.startswith('message.') -%}
        {%- set columns = [
            'message_id', 'event', 'name', 'group_id', 'channel', 'page_path', 'page_referrer',
            'campaign_name', 'campaign_source', 'campaign_medium', 'timestamp',
        ] -%}
        {%- if property[8:] not in columns -%}
            {{ exceptions.raise_compiler_error(
                "homespun: a message has no '" ~ property ~ "'; did you mean 'message."
                ~ homespun.nearest(property[8:], columns) ~ "'?"
            ) }}
        {%- endif -%}
    {%- else -%}
        {%- set asked = homespun.property_slug(property) -%}
        {%- set known = [] -%}
        {%- set plan = homespun.planned_properties() or {} -%}
        {%- for event in events if homespun.event_slug(event) in plan -%}
            {%- for name in plan[homespun.event_slug(event)] -%}
                {%- do known.append(homespun.property_slug(name)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {#- Known are also what has planned properties inside, and what is inside of one that has none. -#}
        {%- set lines = '\n' ~ known | join('\n') ~ '\n' -%}
        {%- set found = namespace(is_known=not known or '\n' ~ asked ~ '.' in lines, outer='\n') -%}
        {%- for key in asked.split('.') -%}
            {%- set found.outer = found.outer ~ ('.' if not loop.first else '') ~ key -%}
            {%- if found.outer ~ '\n' in lines and (loop.last or found.outer ~ '.' not in lines) -%}
                {%- set found.is_known = true -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not found.is_known -%}
            {{ exceptions.raise_compiler_error(
                "homespun: by the tracking plan, " ~ events | join(', ') ~ " has no property '"
                ~ property ~ "'; did you mean '" ~ homespun.nearest(property, known) ~ "'?"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
