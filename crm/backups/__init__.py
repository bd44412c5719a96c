"""Backups: the database, the files of people, and a manifest that a restored copy is held to."""
