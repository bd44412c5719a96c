"""A form whose token or session is gone is refused with what was typed, not dropped."""

import pytest
from django.test import Client

from accounts.models import Account

TYPED = {"name": "Nordfjord <b>Labs</b>", "password": "two secret words", "owner": "12"}


@pytest.fixture
def strict_client():
    return Client(enforce_csrf_checks=True)


@pytest.mark.django_db
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_wrong_token_shows_what_was_typed_and_writes_nothing(owner, strict_client, is_signed_in):
    if is_signed_in:
        strict_client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict_client.post("/accounts/new/", TYPED)
    page = answer.content.decode()
    assert (answer.status_code, answer["X-Form-Expired"]) == (403, "1")
    assert "Nordfjord &lt;b&gt;Labs&lt;/b&gt;" in page
    assert "two secret words" not in page
    assert "Nothing was saved." in page
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_signed_out_a_form_is_not_dropped_on_the_way_to_the_log_in(client):
    answer = client.post("/accounts/new/", TYPED)
    assert answer.status_code == 403
    assert "Nordfjord &lt;b&gt;Labs&lt;/b&gt;" in answer.content.decode()
    assert "/user/login/" in client.post("/accounts/new/", {"name": "Nordfjord"})["Location"]


@pytest.mark.django_db
def test_a_part_of_a_page_sets_no_other_token(owner, strict_client):
    """It would make the token of a form that is being sent at the same time worthless."""
    strict_client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict_client.post("/accounts/duplicates/", TYPED, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["X-Form-Expired"], answer.content) == (403, "1", b"")
    assert "csrftoken" not in answer.cookies
