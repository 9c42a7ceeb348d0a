"""SYNC: audience changes out, exactly what changed and nothing twice."""
