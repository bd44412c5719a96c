"""The answers of look-ups while one types."""

import pytest

from crm.models import Team
from tests.factories.accounts import make_account
from tests.factories.sales_docs import make_product
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(owner, sign_in):
    client = sign_in(owner)

    def found(address):
        return [row["text"] for row in client.get(address).json()["results"]]

    return found


def test_a_filter_offers_me_also_while_one_types(ask, owner, north):
    Team.objects.create(name="Mercury", unit=north)
    assert ask("/lookup/principal/?me=1&q=me") == ["Me", "Me or my teams", "Mercury"]
    assert ask("/lookup/principal/?me=1&q=ow") == ["Owner"]
    assert ask("/lookup/principal/?me=1&q=")[:2] == ["Me", "Me or my teams"]


def test_a_form_offers_people_and_teams_only(ask, owner, north):
    Team.objects.create(name="Mercury", unit=north)
    assert ask("/lookup/principal/?q=me") == ["Mercury"]


def test_only_records_one_sees_are_offered(ask, owner, stranger):
    make_account(owner, name="Aurelis Foods")
    make_account(stranger, name="Aurelis Stone")
    assert ask("/lookup/account/?q=aurelis") == ["Aurelis Foods"]


def test_a_look_up_can_be_narrowed_to_one_of_the_types_views(ask, owner, sign_in):
    make_product(owner, name="Bench one")
    make_product(owner, name="Bench two", state="retired")
    assert ask("/lookup/product/?q=bench&view=sellable") == ["Bench one"]
    assert sorted(ask("/lookup/product/?q=bench")) == ["Bench one", "Bench two"]
    assert sign_in(owner).get("/lookup/product/?view=nothing").status_code == 404


def test_who_has_no_role_lists_nobody(company, owner, sign_in):
    nobody = make_user("nobody", company)
    client = sign_in(nobody)
    assert client.get("/lookup/principal/", {"q": "own"}).status_code == 403
    assert "Owner" not in client.get("/").content.decode()


def test_what_is_called_exactly_so_comes_first(ask, owner):
    for code in ("FX-40", "FX-40-HR", "FX-400"):
        make_product(owner, name=f"Fraction collector {code}", code=code)
    for name in ("Mérgo", "Mergo Nord", "Mergo Süd"):
        make_account(owner, name=name)
    assert ask("/lookup/product/?q=fx-40")[0] == "Fraction collector FX-40"
    assert ask("/lookup/account/?q=MERGO") == ["Mérgo", "Mergo Süd", "Mergo Nord"]


def test_a_code_of_two_letters_is_found_though_it_has_no_trigram(ask, owner):
    make_product(owner, name="Solvent", code="Q7")
    make_product(owner, name="Q7 adapter", code="QA-1")
    assert ask("/lookup/product/?q=q7") == ["Solvent", "Q7 adapter"]
