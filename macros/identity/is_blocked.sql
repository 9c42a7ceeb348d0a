{#
    Is an identifier one of the blocked ones (see blocked_identifiers), which are in lower case? A
    condition on two SQL expressions.
#}
{% macro is_blocked(id_type, value, blocked) -%}
    {%- set conditions = [] -%}
    {%- for blocked_type in blocked | map(attribute='id_type') | unique -%}
        {%- set matching = [] -%}
        {%- set exact = [] -%}
        {%- for row in blocked | selectattr('id_type', 'equalto', blocked_type) -%}
            {%- set literal = dbt.string_literal(dbt.escape_single_quotes(row.value)) -%}
            {%- if row.match == 'exact' -%}
                {%- do exact.append(literal) -%}
            {%- elif row.match == 'pattern' -%}
                {%- do matching.append(homespun.matches('lower(' ~ value ~ ')', literal)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if exact -%}
            {%- do matching.append('lower(' ~ value ~ ') in (' ~ exact | join(', ') ~ ')') -%}
        {%- endif -%}
        {%- set condition = '(' ~ (matching | join(' or ') or '1 = 0') ~ ')' -%}
        {%- if blocked_type == '*' -%}
            {%- do conditions.append(condition) -%}
        {%- else -%}
            {%- do conditions.append(
                '(' ~ id_type ~ ' = ' ~ dbt.string_literal(blocked_type) ~ ' and ' ~ condition ~ ')'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    ({{ conditions | join(' or ') or '1 = 0' }})
{%- endmacro %}
