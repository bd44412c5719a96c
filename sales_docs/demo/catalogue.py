"""Taxes, products and price lists of the demo company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.demo.fill import Fill
from sales_docs.models import PriceList, PriceListItem, Product, TaxCode

RATE = Decimal("1.09")
FAMILIES = ("Spectrometers", "Chromatography", "Consumables", "Services")
CATALOGUE = (
    ("FX-30 spectrometer bench", "FX-30", 0, "18400", "pc", "UV and visible light."),
    ("FX-40 spectrometer bench", "FX-40", 0, "27600", "pc", "UV to near infrared."),
    ("FX-40 HR bench", "FX-40-HR", 0, "29900", "pc", "The FX-40 with high resolution optics."),
    ("UV lamp module", "UVL-2", 0, "1240", "pc", ""),
    ("Autosampler AS-2", "AS-2", 0, "4350", "pc", "Forty vials, cooled."),
    ("HPLC column C18", "COL-18", 1, "410", "pc", ""),
    ("Quaternary pump", "PMP-4", 1, "8900", "pc", ""),
    ("Column oven", "OVN-1", 1, "3120", "pc", ""),
    ("Solvent rack", "RCK-6", 1, "120", "pc", ""),
    ("Reference standards kit", "REF-K", 2, "389", "kit", "Six standards with certificates."),
    ("Consumables, first year", "CONS-A", 2, "212", "box", ""),
    ("Quartz cells, pair", "QC-10", 2, "96.5", "pair", ""),
    ("Vials, 1,000", "VIA-M", 2, "64.9", "box", ""),
    ("Calibration plan, 3 years", "CAL-36", 3, "9000", "unit", "On site, with certificate."),
    ("Gold support, 3 years", "SUP-G3", 3, "14300", "unit", "Answers within four hours."),
    ("Installation on site", "INST", 3, "1180", "day", ""),
    ("Operator training", "TRN-2", 3, "1450", "day", "For up to six people."),
    ("Method transfer", "MTR", 3, "2600", "job", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    id: int
    name: str
    code: str
    unit: str
    price: Decimal
    description: str


def make_tax_codes() -> TaxCode:
    standard = TaxCode.objects.create(
        code="FR20", name="VAT 20%", rate=Decimal(20), country="FR", is_default=True
    )
    TaxCode.objects.create(code="FR55", name="VAT 5.5%", rate=Decimal("5.5"), country="FR")
    TaxCode.objects.create(
        code="EXPORT",
        name="Export",
        rate=Decimal(0),
        note="Exempt from VAT: export outside the European Union.",
    )
    return standard


def make_products(fill: Fill) -> list[Item]:
    owner = fill.people["manager"].pk
    families = [
        Product.objects.create(name=name, code=f"FAM-{number}", structure="family", owner_id=owner)
        for number, name in enumerate(FAMILIES, start=1)
    ]
    items = []
    for name, code, family, price, unit, description in CATALOGUE:
        product = Product.objects.create(
            name=name,
            code=code,
            parent=families[family],
            list_price=Decimal(price),
            currency_id="EUR",
            unit_of_measure=unit,
            description=description,
            quantity_decimals=1 if unit == "day" else 0,
            owner_id=owner,
        )
        items.append(Item(product.pk, name, code, unit, Decimal(price), description))
    _shelf(fill, families[0])
    fill.ids["product"] = [item.id for item in items]
    fill.say(f"{len(items)} products")
    return items


def _shelf(fill: Fill, family: Product) -> None:
    """What is not sold yet, and what no longer is."""
    owner = fill.people["manager"].pk
    shared = {"parent": family, "owner_id": owner, "unit_of_measure": "pc"}
    Product.objects.create(name="FX-50 bench", code="FX-50", state="draft", **shared)
    Product.objects.create(name="FX-20 bench", code="FX-20", state="retired", **shared)


def make_price_lists(fill: Fill, items: Sequence[Item]) -> dict[str, PriceList]:
    lists = {}
    for code, name, factor in (("EUR", "Europe", Decimal(1)), ("USD", "Americas", RATE)):
        lists[code] = PriceList.objects.create(
            name=f"{name} {fill.today.year}",
            currency_id=code,
            valid_from=date(fill.today.year, 1, 1),
            owner_id=fill.people["manager"].pk,
        )
        PriceListItem.objects.bulk_create(
            PriceListItem(
                price_list=lists[code],
                product_id=item.id,
                amount=(item.price * factor).quantize(Decimal("0.1")),
            )
            for item in items
        )
    return lists
