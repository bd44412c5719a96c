"""The start page and a user's own preferences."""

from datetime import timedelta

from crm import clock
from crm.activities.services import log_activity
from crm.models import NotificationChoice, User
from tests.factories.accounts import make_account
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def plan(actor, subject, due, kind="task", regarding=None):
    values = {"kind": kind, "subject": subject, "due_at": due}
    return log_activity(actor=actor, regarding=regarding, values=values)


def test_a_new_user_gets_three_first_things_to_do(owner, sign_in):
    page = text_of(sign_in(owner).get("/"))
    assert "Three first things to do" in page
    assert 'href="/accounts/new/"' in page


def test_what_is_due_is_told_apart_and_names_what_it_is_about(owner, sign_in, as_actor):
    now = clock.now()
    account = make_account(owner, name="Nordfjord Energi")
    plan(as_actor(owner), "Send the offer", now - timedelta(days=1), regarding=account)
    plan(as_actor(owner), "Meet the buyer", now + timedelta(days=2), kind="appointment")
    page = text_of(sign_in(owner).get("/"))
    overdue = page.split('id="group-overdue"')[1].split("</section>")[0]
    assert "Send the offer" in overdue
    assert "Nordfjord Energi" in overdue
    meetings = page.split('id="group-appointments"')[1].split("</section>")[0]
    assert "Meet the buyer" in meetings


def test_other_people_s_work_is_not_mine(owner, teammate, sign_in, as_actor):
    plan(as_actor(teammate), "Theirs", clock.now() - timedelta(hours=1))
    assert "Theirs" not in text_of(sign_in(owner).get("/"))


def test_a_record_given_away_is_not_named_any_more(owner, stranger, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord Energi")
    plan(as_actor(owner), "Send the offer", clock.now() - timedelta(days=1), regarding=account)
    account.owner = stranger
    account.save()
    page = text_of(sign_in(owner).get("/"))
    assert "Send the offer" in page
    assert "Nordfjord" not in page


def test_the_page_costs_the_same_however_much_is_due(
    owner, sign_in, as_actor, django_assert_max_num_queries
):
    for number in range(20):
        plan(as_actor(owner), f"Task {number}", clock.now() - timedelta(days=number + 1))
    client = sign_in(owner)
    client.get("/")
    with django_assert_max_num_queries(20):
        page = text_of(client.get("/"))
    assert '<span class="count">20</span>' in page
    assert "See all" in page


def test_preferences_are_saved_and_hold_at_once(owner, sign_in):
    client = sign_in(owner)
    values = {
        "job_title": "Rep",
        "language": "fr",
        "time_zone": "Europe/Paris",
        "theme": "dark",
    }
    answer = client.post("/preferences/", values)
    assert answer["Location"] == "/preferences/"
    user = User.objects.get(pk=owner.pk)
    assert (user.job_title, user.language, user.time_zone, user.theme, user.has_shortcuts) == (
        "Rep",
        "fr",
        "Europe/Paris",
        "dark",
        False,
    )
    page = client.get("/preferences/").content.decode()
    assert 'lang="fr"' in page
    assert 'data-bs-theme="dark"' in page


def test_nobody_gives_themselves_rights_or_a_name_among_their_preferences(owner, south, sign_in):
    values = {
        "name": "The Director",
        "language": "en",
        "time_zone": "UTC",
        "theme": "auto",
        "is_superuser": "1",
        "is_staff": "1",
        "unit": south.pk,
        "email": "other@example.test",
    }
    sign_in(owner).post("/preferences/", values)
    user = User.objects.get(pk=owner.pk)
    assert (user.name, user.is_superuser, user.is_staff, user.unit_id, user.email) == (
        owner.name,
        False,
        False,
        owner.unit_id,
        "owner@example.test",
    )


def test_an_unknown_zone_is_refused_and_keeps_the_form(owner, sign_in):
    values = {"language": "en", "time_zone": "Mars/Olympus", "theme": "auto"}
    answer = sign_in(owner).post("/preferences/", values)
    assert answer.status_code == 422
    assert User.objects.get(pk=owner.pk).time_zone == "UTC"


def test_an_area_leads_to_its_first_list_and_is_kept(owner, sign_in):
    client = sign_in(owner)
    answer = client.get("/area/marketing/")
    assert answer.status_code == 302
    assert client.cookies["area"].value == "marketing"
    assert client.get("/area/kitchen/").status_code == 404


def test_what_one_hears_of_is_chosen_kind_by_kind(owner, sign_in):
    client = sign_in(owner)
    values = {"name": "Ines", "language": "en", "time_zone": "UTC", "theme": "auto"}
    ways = {"hear-assigned": "none", "hear-due": "mail", "hear-shared": "inside"}
    client.post("/preferences/", {**values, **ways})
    chosen = dict(NotificationChoice.objects.values_list("kind", "way"))
    assert chosen == {"assigned": "none", "due": "mail"}
    page = client.get("/preferences/").content.decode()
    assert '<option value="none" selected>' in page.split('id="id_hear-assigned"')[1][:200]
    client.post("/preferences/", values)
    assert dict(NotificationChoice.objects.values_list("kind", "way")) == chosen
    answer = client.post("/preferences/", {**values, "hear-due": "pigeon"})
    assert answer.status_code == 422
    assert dict(NotificationChoice.objects.values_list("kind", "way")) == chosen


def test_nobody_without_an_address_chooses_mail(owner, sign_in):
    User.objects.filter(pk=owner.pk).update(email="")
    client = sign_in(owner)
    assert 'value="mail"' not in client.get("/preferences/").content.decode()
    values = {"name": "Ines", "language": "en", "time_zone": "UTC", "theme": "auto"}
    assert client.post("/preferences/", {**values, "hear-due": "mail"}).status_code == 422
