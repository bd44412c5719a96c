"""Pages of documents beyond those every record type has."""
