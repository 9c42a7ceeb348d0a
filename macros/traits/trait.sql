{#
    The SQL of a trait with a comment that tells by_profile what it reads: of which events, since when.
    It also tells how the trait of old events and that of later ones make that of both, so that no old
    event is read again (see homespun.merged); not for a trait with a window, which events leave too.

    | argument | of such a trait                                                                   |
    |----------|-----------------------------------------------------------------------------------|
    | code     | the trait, of any events                                                          |
    | merge    | how two such are merged                                                           |
    | part     | what is merged instead where the trait itself says too little, as {code, merge}   |
    | finish   | the trait, of a part, which is called `$part` here                                |
#}
{% macro trait(code, event=none, within=none, between=none, merge=none, part=none, finish=none) -%}
    {%- set reads = {
        'events': [] if event is none else ([event] if event is string else event),
        'since': within if within is not none else (between[1] if between is not none else none),
        'until': between[0] if between is not none else none,
    } -%}
    {%- if reads.since is none -%}
        {%- do reads.update({'merge': merge, 'part': part, 'finish': finish}) -%}
    {%- endif -%}
    {{ return(
        '/* trait ' ~ tojson(reads) | replace('*', '\\u002a') ~ ' */ ' ~ code ~ ' /* end of trait */'
    ) }}
{%- endmacro %}
