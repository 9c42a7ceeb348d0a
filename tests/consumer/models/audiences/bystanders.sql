with

profile_traits as (

    select * from {{ ref('homespun', 'profile_traits') }}

)

select
    profile_id,
    user_id,
    email
from profile_traits
where
    {{ homespun.performed(within='7 days') }}
    and not {{ homespun.performed('Article Read', where=[['article_id', 'exists']]) }}
    and not {{ homespun.member_of('loyal_readers') }}
