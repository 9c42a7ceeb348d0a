"""SQL's quotes, where no parameter may stand."""


def quoted(*identifiers: str) -> str:
    """A name of one or more parts."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in identifiers)


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"
