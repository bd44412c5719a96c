"""Numbers as people type them, in the form of their language."""

from decimal import Decimal

import pytest
from django import forms
from django.utils.html import conditional_escape
from django.utils.translation import override

from crm.records.forms import dress
from crm.records.lists.numbers import NumberText


class PriceForm(forms.Form):
    price = forms.DecimalField(max_digits=20, decimal_places=4, min_value=0)
    pieces = forms.IntegerField(required=False)
    hidden = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self)


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("fr", "1 234,50", "1234.50"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}234,50", "1234.50"),
        ("fr", "1234.5", "1234.5"),
        ("fr", "0,1", "0.1"),
        ("en", "1,234.50", "1234.50"),
        ("en", "1,234", "1234"),
        ("en", "12,5", "12.5"),
        ("en", "9007199254740993.7891", "9007199254740993.7891"),
    ],
)
def test_a_number_is_read_as_the_reader_writes_it(language, typed, read):
    with override(language):
        form = PriceForm({"price": typed})
        assert form.is_valid(), form.errors
    assert form.cleaned_data["price"] == Decimal(read)


@pytest.mark.parametrize("typed", ["12 pieces", "NaN", "--3", "<b>7</b>", "1 €"])
def test_what_is_no_number_comes_back_as_it_was_typed(typed):
    form = PriceForm({"price": typed, "pieces": typed})
    assert set(form.errors) == {"price", "pieces"}
    assert form.errors["price"] == ["Enter a number."]
    shown = form.as_p()
    assert shown.count(f'value="{conditional_escape(typed)}"') == 2


@pytest.mark.parametrize(("language", "shown"), [("en", "25500.5"), ("fr", "25500,5")])
def test_a_number_is_shown_with_the_readers_mark(language, shown):
    with override(language):
        html = str(PriceForm(initial={"price": Decimal("25500.5000")})["price"])
        again = str(PriceForm({"price": shown})["price"])
    for written in (html, again):
        assert f'value="{shown}"' in written
        assert 'type="text"' in written
        assert 'inputmode="decimal"' in written
        assert "step" not in written


def test_whole_numbers_ask_for_digits_only_and_hidden_ones_stay_hidden():
    form = PriceForm()
    assert 'inputmode="numeric"' in str(form["pieces"])
    assert 'type="hidden"' in str(form["hidden"])
    assert not isinstance(form.fields["hidden"].widget, NumberText)


def test_the_fields_own_limits_still_count():
    form = PriceForm({"price": "-1", "pieces": "1.5"})
    assert set(form.errors) == {"price", "pieces"}


def test_nothing_typed_is_nothing():
    form = PriceForm({"price": "1", "pieces": " "})
    assert form.is_valid()
    assert form.cleaned_data["pieces"] is None
