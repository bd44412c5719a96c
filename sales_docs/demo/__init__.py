"""The demo company's catalogue, offers, orders and bills."""

from crm.demo.fill import Fill
from sales_docs.demo.baskets import make_baskets
from sales_docs.demo.catalogue import make_price_lists, make_products, make_tax_codes
from sales_docs.demo.documents import Documents
from sales_docs.demo.stories import tell_stories

__all__ = ["fill_demo", "tell_stories"]


def fill_demo(fill: Fill) -> None:
    tax = make_tax_codes()
    items = make_products(fill)
    lists = make_price_lists(fill, items)
    baskets = make_baskets(fill, items, tax)
    Documents(fill, tax, lists, baskets).write()
