{#
    A comparison of a value with what a model's author wrote, as SQL. `value` has the value as `text`,
    as `number` and as `time`; `what` names it in messages.

    | operator                        | true where the value                                       |
    |---------------------------------|------------------------------------------------------------|
    | =, one of                       | is (one of) these                                          |
    | !=, none of                     | is there and is none of these                              |
    | <, <=, >, >=                    | is there and compares so, as a number or as text           |
    | contains, starts with, ends with | has one of these texts in it, before or behind all else   |
    | does not contain                | has none of these texts in it, or is not there             |
    | exists, does not exist          | is there, or is not                                        |
    | before, after                   | is a moment before or after this one                       |
    | within                          | is a moment in the last so long before as_of               |

    Upper and lower case differ. Never null, so that `not` means what it says.
#}
{% macro comparison(value, operator, operands, what) -%}
    {%- set counts = {
        '=': 1, '!=': 1, '<': 1, '<=': 1, '>': 1, '>=': 1, 'before': 1, 'after': 1, 'within': 1,
        'exists': 0, 'does not exist': 0,
    } -%}
    {%- set many = [
        'one of', 'none of', 'contains', 'does not contain', 'starts with', 'ends with'
    ] -%}
    {%- if operator not in counts and operator not in many -%}
        {{ exceptions.raise_compiler_error(
            "homespun: '" ~ operator ~ "' is no way to compare " ~ what ~ '; there are: '
            ~ ((counts.keys() | list) + many) | join(', ')
        ) }}
    {%- elif operands | length != counts.get(operator, operands | length) or (
        operator in many and not operands
    ) -%}
        {{ exceptions.raise_compiler_error(
            "homespun: '" ~ operator ~ "' of " ~ what ~ ' takes '
            ~ ('at least one value' if operator in many else counts[operator] ~ ' value(s)')
            ~ ', not ' ~ operands | length
        ) }}
    {%- endif -%}
    {%- set tests = [] -%}
    {%- if operator == 'exists' -%}
        {{ return(value.text ~ ' is not null') }}
    {%- elif operator == 'does not exist' -%}
        {{ return(value.text ~ ' is null') }}
    {%- elif operator in ('before', 'after') -%}
        {%- set sign = '<' if operator == 'before' else '>' -%}
        {%- do tests.append(value.time ~ ' ' ~ sign ~ ' ' ~ homespun.moment(operands[0])) -%}
    {%- elif operator == 'within' -%}
        {%- do tests.append(
            value.time ~ ' > ' ~ homespun.ago(operands[0]) ~ ' and ' ~ value.time
            ~ ' <= as_of /* moves with as_of */'
        ) -%}
    {%- elif operator in many and operator not in ('one of', 'none of') -%}
        {%- for operand in operands -%}
            {%- set text = homespun.quoted(operand | string) -%}
            {%- if operator == 'starts with' -%}
                {%- do tests.append(
                    'left(' ~ value.text ~ ', ' ~ operand | string | length ~ ') = ' ~ text
                ) -%}
            {%- elif operator == 'ends with' -%}
                {%- do tests.append(
                    'right(' ~ value.text ~ ', ' ~ operand | string | length ~ ') = ' ~ text
                ) -%}
            {%- else -%}
                {%- do tests.append(dbt.position(text, value.text) ~ ' > 0') -%}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {%- set sign = {'one of': '=', 'none of': '=', '!=': '='}.get(operator, operator) -%}
        {%- for operand in operands -%}
            {%- if operand is number and operand is not boolean -%}
                {%- do tests.append(value.number ~ ' ' ~ sign ~ ' ' ~ homespun.quoted(operand)) -%}
            {%- else -%}
                {%- set text = homespun.quoted(operand) if operand is string
                    else homespun.quoted(homespun.quoted(operand)) -%}
                {%- do tests.append(value.text ~ ' ' ~ sign ~ ' ' ~ text) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set joined = 'coalesce(' ~ tests | join(' or ') ~ ', false)' -%}
    {%- if operator in ('none of', '!=') -%}
        {%- set joined = '(' ~ value.text ~ ' is not null and not ' ~ joined ~ ')' -%}
    {%- elif operator == 'does not contain' -%}
        {%- set joined = 'not ' ~ joined -%}
    {%- endif -%}
    {{ return(joined) }}
{%- endmacro %}
