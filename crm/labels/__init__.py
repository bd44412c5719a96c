"""The names of record types and fields, as administrators set them. The only source of them."""

from crm.labels.names import (
    field_label,
    field_label_lazy,
    has_name,
    install,
    original,
    plural,
    plural_lazy,
    singular,
    singular_lazy,
    with_names,
)

__all__ = [
    "field_label",
    "field_label_lazy",
    "has_name",
    "install",
    "original",
    "plural",
    "plural_lazy",
    "singular",
    "singular_lazy",
    "with_names",
]
