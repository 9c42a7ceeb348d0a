"""The tracking plan as people edit it: reading, checking, drafting, exchanging and reporting."""
