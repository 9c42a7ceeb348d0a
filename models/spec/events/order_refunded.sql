{{ homespun.event_table('order_refunded', {
    'order_id': 'string',
    'total': 'number',
    'currency': 'string',
    'products': 'array',
}) }}
