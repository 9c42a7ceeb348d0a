{{ homespun.event_table('order_refunded', {
    'order_id': 'string',
    'total': 'number',
    'revenue': 'number',
    'tax': 'number',
    'currency': 'string',
    'products': 'array',
}) }}
