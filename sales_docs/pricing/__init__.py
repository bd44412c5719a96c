"""Pricing as pure calculation: nothing in this package reads a clock, a setting or the database."""
