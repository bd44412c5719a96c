"""Filters of a record type's list, made from the fields its declaration names.

A filter only reads an address: it says its value as conditions, and the condition engine does
the rest. So what a list is narrowed by can be stored as a view and shown in words.
"""
