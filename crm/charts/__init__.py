"""Charts beside lists: one question to the database, drawn on the server, every mark a link."""
