{{ homespun.event_table('signed_up', {
    'type': 'string',
    'first_name': 'string',
    'last_name': 'string',
    'email': 'string',
    'phone': 'string',
    'username': 'string',
    'title': 'string',
}) }}
