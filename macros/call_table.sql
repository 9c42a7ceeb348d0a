{# The spec table of a call, an expression; that of a track call is given. #}
{% macro call_table(call, track_table) -%}
    case {{ call }}
        when 'identify' then 'identifies'
        when 'group' then 'groups'
        when 'page' then 'pages'
        when 'screen' then 'screens'
        when 'alias' then 'aliases'
        else {{ track_table }}
    end
{%- endmacro %}
