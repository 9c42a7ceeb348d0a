"""LOAD: event JSON into the warehouse, untouched."""
