"""The administration: who gets in, what can be set, and what its history tells."""

import re
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import Account
from crm.frame.settings_pages import pages_by_group
from crm.models import BulkJob, CompanySettings, Currency, NumberSeries, Record, Role, User
from crm.records.bulk.tasks import work_on_job
from crm.registry.registry import registry
from marketing.message.addresses import address_hash
from marketing.models import Suppression
from sales_docs.models import InvoiceSeries, TaxCode
from tests.factories.accounts import make_account
from tests.people import make_user


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def told():
    """The history's last sentence."""
    return LogEntry.objects.latest("pk").get_change_message()


@pytest.fixture
def boss(admin, sign_in):
    return sign_in(admin)


def test_the_role_opens_the_administration_and_nothing_else_does(owner, company, sign_in):
    helper = make_user("helper", company, "administrator")
    assert sign_in(helper).get("/admin/crm/currency/").status_code == 200
    owner.is_staff = True
    owner.save(update_fields=["is_staff"])
    client = sign_in(owner)
    assert client.get("/admin/crm/currency/").status_code in (302, 403)
    assert client.get("/admin/crm/currency/", follow=True).status_code == 403


def test_signed_out_it_leads_to_the_log_in_all_share(db):
    from django.test import Client

    answer = Client().get("/admin/crm/currency/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/user/login/?next=")


def test_the_settings_lead_to_every_page_there_is(boss):
    pages = [page for _label, group in pages_by_group() for page in group]
    for page in pages:
        assert boss.get(reverse(page.url_name), follow=True).status_code == 200, page.label
    assert "Tax codes" in text_of(boss.get("/admin/"))
    linked = {reverse(page.url_name) for page in pages}
    for model in django_admin.site._registry:
        where = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        if model._meta.app_label in {"crm", "sales_docs", "marketing"}:
            is_matrix = model is Role
            assert reverse(where) in linked or is_matrix, model


def test_records_are_not_edited_in_the_administration():
    assert [model for model in django_admin.site._registry if issubclass(model, Record)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_type_is_renamed_in_two_languages_with_its_icon_and_a_field(boss, admin, language):
    page = boss.get("/admin/crm/recordtypename/account/change/")
    assert 'placeholder="Accounts"' in page.content.decode()
    assert 'placeholder="Comptes"' in page.content.decode()
    names = {"en": ("Company", "Companies"), "fr": ("Société", "Sociétés")}
    data = {
        "icon": "factory",
        "icon_other": "",
        "names-TOTAL_FORMS": 2,
        "names-INITIAL_FORMS": 0,
        "fields-TOTAL_FORMS": 1,
        "fields-INITIAL_FORMS": 0,
        "fields-0-record_type": "account",
        "fields-0-field": "industry",
        "fields-0-language": language,
        "fields-0-label": "Trade",
    }
    for index, (code, (one, many)) in enumerate(names.items()):
        data |= {
            f"names-{index}-record_type": "account",
            f"names-{index}-language": code,
            f"names-{index}-singular": one,
            f"names-{index}-plural": many,
        }
    answer = boss.post("/admin/crm/recordtypename/account/change/", data)
    assert answer.status_code == 302, answer.context["errors"]
    admin.language = language
    admin.save(update_fields=["language"])
    shown = text_of(boss.get("/accounts/new/", headers={"Accept-Language": language}))
    assert names[language][1] in shown
    assert "Trade" in shown
    assert registry.get("account").icon == "factory"


def test_an_icon_that_does_not_exist_is_refused_with_what_was_typed(boss):
    data = {"icon": "", "icon_other": "no-such-icon"}
    for prefix in ("names", "fields"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = boss.post("/admin/crm/recordtypename/account/change/", data)
    assert answer.status_code == 200
    assert "No icon is called “no-such-icon”" in text_of(answer)
    assert 'value="no-such-icon"' in answer.content.decode()
    assert registry.get("account").icon == "building-2"


def test_the_company_page_opens_at_once_and_its_history_has_both_values(boss):
    CompanySettings.objects.update_or_create(pk=1, defaults={"name": "Halden", "bin_days": 30})
    where = "/admin/crm/companysettings/"
    page = boss.get(where, follow=True)
    assert page.redirect_chain[0][0] == f"{where}1/change/"
    data = {"name": "Halden Labs", "fiscal_year_start": "4", "bin_days": "60"}
    data["notification_days"] = "90"
    answer = boss.post(f"{where}1/change/", data, follow=True)
    assert "Saved." in text_of(answer)
    assert "successfully" not in text_of(answer)
    saved = CompanySettings.objects.get()
    assert (saved.name, saved.fiscal_year_start, saved.bin_days) == ("Halden Labs", 4, 60)
    assert saved.notification_days == 90
    assert "Company name: Halden → Halden Labs" in told()
    assert "Days in the bin: 30 → 60" in told()
    assert "January → April" in told()


def test_a_company_without_details_gets_a_form(boss):
    CompanySettings.objects.all().delete()
    page = boss.get("/admin/crm/companysettings/", follow=True)
    assert page.redirect_chain[0][0] == "/admin/crm/companysettings/add/"
    assert page.status_code == 200


def test_a_currency_is_added_by_its_name_and_its_rate_changed(boss):
    data = {"code": "USD", "rate": "1.0812", "is_active": "on"}
    assert boss.post("/admin/crm/currency/add/", data).status_code == 302
    changed = {"rate": "1.09", "is_active": "on"}
    assert boss.post("/admin/crm/currency/USD/change/", changed).status_code == 302
    assert Currency.objects.get(code="USD").rate == Decimal("1.09")
    assert told().startswith("Changed Rate: 1.08120000 → 1.09")


@pytest.mark.parametrize(
    ("where", "data", "sentence"),
    [
        (
            "add",
            {"code": "USD", "rate": "1", "is_base": "on", "is_active": "on"},
            "EUR is the base",
        ),
        ("add", {"code": "XYZ", "rate": "1", "is_active": "on"}, "XYZ is not one of the available"),
        ("add", {"code": "USD", "rate": "0", "is_active": "on"}, "rate"),
        ("EUR/change", {"rate": "2", "is_base": "on", "is_active": "on"}, "base currency is 1"),
        ("EUR/change", {"rate": "1", "is_active": "on"}, "must be a base currency"),
        ("EUR/change", {"rate": "1", "is_base": "on"}, "always in use"),
    ],
)
def test_a_currency_that_makes_no_sense_is_refused(boss, where, data, sentence):
    before = list(Currency.objects.values_list("code", "rate", "is_base", "is_active"))
    answer = boss.post(f"/admin/crm/currency/{where}/", data)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert list(Currency.objects.values_list("code", "rate", "is_base", "is_active")) == before


def test_number_formats_show_an_example(boss):
    series = NumberSeries.objects.get(key="quote")
    data = {"prefix": "Q", "digits": "4"}
    assert boss.post(f"/admin/crm/numberseries/{series.pk}/change/", data).status_code == 302
    assert "Q0001" in text_of(boss.get("/admin/crm/numberseries/"))


def test_a_tax_code_is_made_and_a_second_default_refused(boss):
    data = {"code": "FR20", "name": "VAT 20%", "rate": "20", "is_default": "on", "is_active": "on"}
    assert boss.post("/admin/sales_docs/taxcode/add/", data).status_code == 302
    other = data | {"code": "FR10", "name": "VAT 10%", "rate": "10"}
    assert boss.post("/admin/sales_docs/taxcode/add/", other).status_code == 200
    assert list(TaxCode.objects.values_list("code", "rate")) == [("FR20", Decimal("20.0000"))]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("INV-{number:5}", "{fiscal} must be in it"),
        ("INV-{fiscal}", "Write {number} once"),
        ("{fiscal}-{nummer}", "{nummer} is no placeholder"),
        ("{fiscal}-{number:99}", "between one and twelve digits"),
    ],
)
def test_a_series_that_would_give_numbers_twice_is_refused(boss, text, sentence):
    series = InvoiceSeries.objects.get(kind="invoice")
    where = f"/admin/sales_docs/invoiceseries/{series.pk}/change/"
    answer = boss.post(where, {"format": text})
    assert sentence in text_of(answer)
    series.refresh_from_db()
    assert series.format == "INV-{fiscal}-{number:5}"


def test_a_series_is_changed_and_shown_with_an_example(boss):
    series = InvoiceSeries.objects.get(kind="invoice")
    where = f"/admin/sales_docs/invoiceseries/{series.pk}/change/"
    assert boss.post(where, {"format": "R{fiscal}/{number:4}"}).status_code == 302
    assert re.search(r"R20\d\d/0007", text_of(boss.get("/admin/sales_docs/invoiceseries/")))
    assert "INV-{fiscal}-{number:5} → R{fiscal}/{number:4}" in told()


def test_an_address_is_blocked_found_and_let_go_again(boss):
    where = "/admin/marketing/suppression/"
    assert boss.post(f"{where}add/", {"address": "Ana@Example.com"}).status_code == 302
    row = Suppression.objects.get()
    assert (row.address_hash, row.reason) == (address_hash("ana@example.com"), "blocked")
    assert "blocked already" in text_of(boss.post(f"{where}add/", {"address": "ana@example.com"}))
    assert "1 blocked address" in text_of(boss.get(where, {"q": " ANA@example.com "}))
    assert "0 blocked addresses" in text_of(boss.get(where, {"q": "other@example.com"}))
    assert "example.com" not in text_of(boss.get(where))
    gone = boss.post(f"{where}{row.pk}/delete/", {"post": "yes"}, follow=True)
    assert "Deleted." in text_of(gone)
    assert not Suppression.objects.exists()


def test_deactivating_somebody_with_records_says_what_to_do(boss, owner, teammate):
    make_account(owner)
    where = f"/admin/crm/user/{owner.pk}/change/"
    page = boss.get(where)
    assert f'href="/settings/users/{owner.pk}/hand-over/"' in page.content.decode()
    data = {
        "username": owner.username,
        "name": owner.name,
        "email": owner.email,
        "unit": owner.unit_id,
        "language": "en",
        "time_zone": "UTC",
        "theme": "auto",
        "User_roles-TOTAL_FORMS": 0,
        "User_roles-INITIAL_FORMS": 0,
    }
    prefix = page.context["inline_admin_formsets"][0].formset.prefix
    data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = boss.post(where, data, follow=True)
    assert "still owns records" in text_of(answer)
    owner.refresh_from_db()
    assert owner.is_active is False
    assert "Active: yes → no" in told()


def test_all_records_of_somebody_go_to_somebody_else(boss, owner, teammate):
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(3)]
    where = f"/settings/users/{owner.pk}/hand-over/"
    assert "(3)" in text_of(boss.get(where))
    answer = boss.post(where, {"owner": teammate.pk, "types": ["account"]})
    assert (answer.status_code, answer.url) == (302, "/jobs/")
    job = BulkJob.objects.get()
    assert (job.verb, job.ids) == ("assign", [account.pk for account in accounts])
    work_on_job(job.pk)
    assert Account.objects.filter(owner=teammate).count() == 3
    assert "owns no records" in text_of(boss.get(where))


def test_records_are_not_handed_to_who_has_left(boss, owner, teammate):
    make_account(owner)
    User.objects.filter(pk=teammate.pk).update(is_active=False)
    where = f"/settings/users/{owner.pk}/hand-over/"
    for wrong in (teammate.pk, owner.pk):
        answer = boss.post(where, {"owner": wrong, "types": ["account"]})
        assert answer.status_code == 422
    assert not BulkJob.objects.exists()


def test_a_lost_second_factor_is_taken_away_and_told(boss, owner):
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
    where = f"/settings/users/{owner.pk}/second-factor/"
    boss.get(where)
    assert Authenticator.objects.count() == 1
    boss.post(where)
    assert Authenticator.objects.count() == 0
    assert "second factor" in LogEntry.objects.latest("pk").change_message


@pytest.mark.parametrize("page", ["hand-over", "second-factor"])
def test_only_administrators_do_that(owner, manager, sign_in, page):
    make_account(owner)
    answer = sign_in(manager).post(f"/settings/users/{owner.pk}/{page}/", {"types": ["account"]})
    assert answer.status_code == 403
    assert not BulkJob.objects.exists()


def test_the_last_administrator_can_be_taken_away_in_no_way(boss, admin, company):
    role = Role.objects.get(profile="administrator")
    tries = [
        (
            f"/admin/crm/role/{role.pk}/change/",
            {"name": role.name, "can_administer": "", "holders": [admin.pk]},
        ),
        (
            f"/admin/crm/role/{role.pk}/change/",
            {"name": role.name, "can_administer": "on", "holders": []},
        ),
        (f"/admin/crm/role/{role.pk}/delete/", {"post": "yes"}),
        (
            "/admin/crm/role/",
            {"action": "delete_selected", "_selected_action": role.pk, "post": "yes"},
        ),
    ]
    for where, data in tries:
        answer = boss.post(where, data)
        assert answer.status_code == 422, (where, data)
        assert "Name another administrator first" in text_of(answer)
        role.refresh_from_db()
        assert role.can_administer
        assert list(role.holders.values_list("pk", flat=True)) == [admin.pk]


def test_one_of_two_administrators_can_go(boss, admin, company):
    other = make_user("second", company, "administrator")
    role = Role.objects.get(profile="administrator")
    data = {"name": role.name, "can_administer": "on", "holders": [other.pk]}
    assert boss.post(f"/admin/crm/role/{role.pk}/change/", data).status_code == 302
    assert list(role.holders.values_list("pk", flat=True)) == [other.pk]


def test_who_has_left_is_looked_for_but_given_nothing(boss, owner, teammate):
    account = make_account(owner)
    User.objects.filter(pk=teammate.pk).update(is_active=False)
    offered = boss.get("/lookup/principal/", {"q": "teammate"}).json()["results"]
    assert offered == []
    asked = boss.get("/lookup/principal/", {"q": "teammate", "me": ""}).json()["results"]
    assert [row["value"] for row in asked] == [teammate.pk]
    data = {"ids": [account.pk], "owner": teammate.pk, "do": "1"}
    assert boss.post("/accounts/bulk/assign/", data).status_code == 422
    account.refresh_from_db()
    assert account.owner_id == owner.pk


def test_records_of_who_has_left_can_be_edited_and_keep_their_owner(boss, owner):
    account = make_account(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    page = text_of(boss.get(f"/accounts/{account.pk}/edit/"))
    assert owner.name in page
    assert "a record you may not see" not in page
    data = {"name": "Renamed", "relationship": "prospect", "owner": owner.pk, "version": 1}
    assert boss.post(f"/accounts/{account.pk}/edit/", data).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.owner_id) == ("Renamed", owner.pk)
