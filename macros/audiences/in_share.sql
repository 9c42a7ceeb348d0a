{#
    A condition of an audience: is the profile in this part of a stable random order? Where shares of
    one salt grow or shrink, profiles move over in that order and no others do.

    | call                                              | is                                       |
    |---------------------------------------------------|------------------------------------------|
    | homespun.in_share('spring', 0, 50)                | one half                                 |
    | homespun.in_share('spring', 50, 100)              | the other one                            |
    | not homespun.in_share('holdout', 0, 10)           | all but a tenth that is held out         |
#}
{% macro in_share(salt, low, high) -%}
    {%- if not 0 <= low <= high <= 100 -%}
        {{ exceptions.raise_compiler_error(
            'homespun.in_share: ' ~ low ~ ' and ' ~ high ~ ' are no shares between 0 and 100'
        ) }}
    {%- endif -%}
    {%- set share = homespun.share_of(salt) -%}
    {{ return(homespun.condition(
        "in the share " ~ low ~ ' to ' ~ high ~ " of '" ~ salt ~ "'",
        '(' ~ share ~ ' >= ' ~ low ~ ' and ' ~ share ~ ' < ' ~ high ~ ')',
        'select ' ~ homespun.share_of(salt, '$profile')
    )) }}
{%- endmacro %}
