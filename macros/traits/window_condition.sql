{#
    Did it happen in the window, measured from as_of? What happened exactly so long ago is outside on
    the far side and inside on the near one, so that windows that touch share nothing.

    | call                                              | a row counts if it happened              |
    |---------------------------------------------------|------------------------------------------|
    | homespun.window_condition(within='30 days')       | less than 30 days ago                    |
    | homespun.window_condition(between=['1 hour', '7 days']) | at least 1 hour, less than 7 days ago |
#}
{% macro window_condition(within=none, between=none) -%}
    {%- if within is not none and between is not none -%}
        {{ exceptions.raise_compiler_error(
            'homespun.window_condition: give within or between, not both'
        ) }}
    {%- elif within is not none -%}
        timestamp > {{ homespun.ago(within) }}
    {%- elif between is not none -%}
        {%- if between is string or between | length != 2 -%}
            {{ exceptions.raise_compiler_error(
                "homespun.window_condition: between must be two lengths of time such as "
                ~ "['1 hour', '7 days'], not " ~ between
            ) }}
        {%- elif homespun.duration(between[0]).minutes >= homespun.duration(between[1]).minutes -%}
            {{ exceptions.raise_compiler_error(
                "homespun.window_condition: between goes from the nearer moment to the farther, such as "
                ~ "['1 hour', '7 days'], not " ~ between
            ) }}
        {%- endif -%}
        (timestamp <= {{ homespun.ago(between[0]) }} and timestamp > {{ homespun.ago(between[1]) }})
    {%- endif -%}
{%- endmacro %}
