"""One module per destination: a class that satisfies `reverse_etl.destination.Destination`."""
