{#
    The types of identifier in the var homespun_identifiers, the strongest first: a list of
    {type, priority, limit, is_device, values}. values are SQL expressions over stg_events, each with
    the type of message that it is read from (none: every one).
#}
{% macro identifier_types() -%}
    {% set known = {
        'user_id': [{'value': 'user_id'}],
        'email': [{'value': homespun.said_in_traits('email', 'context_traits_email')}],
        'phone': [{
            'value': homespun.said_in_traits('phone', homespun.json_text('context', ['traits', 'phone']))
        }],
        'anonymous_id': [{'value': 'anonymous_id'}],
        'external_id': [],
    } %}
    {# An alias call's previousId is the anonymous id that the user was known by. #}
    {% if var('homespun_alias_merges') %}
        {% do known['anonymous_id'].append({
            'value': 'nullif(previous_id, anonymous_id)', 'message_type': 'alias'
        }) %}
    {% endif %}
    {% for platform in ['ios', 'android'] %}
        {% set is_platform = "lower(context_device_type) = '" ~ platform ~ "'" %}
        {% for name, column, and_if in [
            ('id', 'context_device_id', ''),
            ('idfa', 'context_device_advertising_id', ' and context_device_ad_tracking_enabled'),
            ('push_token', 'context_device_token', ''),
        ] %}
            {% do known.update({platform ~ '.' ~ name: [
                {'value': 'case when ' ~ is_platform ~ and_if ~ ' then ' ~ column ~ ' end'}
            ]}) %}
        {% endfor %}
    {% endfor %}
    {% set types = [] %}
    {% for entry in var('homespun_identifiers') %}
        {% if 'path' in entry %}
            {% set path = entry.path.split('.') %}
            {% set values = [{'value': homespun.json_text(path[0], path[1:])}] %}
        {% elif entry.type in known %}
            {% set values = known[entry.type] %}
        {% else %}
            {{ exceptions.raise_compiler_error(
                "homespun_identifiers: '" ~ entry.type ~ "' needs a path such as traits." ~ entry.type
                ~ "; without one there are " ~ known.keys() | list | join(', ')
            ) }}
        {% endif %}
        {% do types.append({
            'type': entry.type,
            'priority': loop.index,
            'limit': entry.limit if 'limit' in entry else none,
            'is_device': entry.device if 'device' in entry else false,
            'values': values,
        }) %}
    {% endfor %}
    {{ return(types) }}
{%- endmacro %}
