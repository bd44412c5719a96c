"""The mailbox under Settings: who reads it, and that a mail can do nothing there."""

import pytest
from django.core.mail import EmailMultiAlternatives

from crm.mail.local import LocalMailboxBackend
from crm.models import LocalMessage
from tests.markup import tight

PAGES = ["", "{pk}/", "{pk}/frame/", "{pk}/source/"]
SCRIPT = "<script>alert(document.cookie)</script>"


def text_of(answer):
    return tight(answer.content.decode())


def mail(subject="An offer", to="ana@example.com", html=""):
    message = EmailMultiAlternatives(subject, "Dear Ana", "Halden <hello@halden.example>", [to])
    if html:
        message.attach_alternative(html, "text/html")
    LocalMailboxBackend().send_messages([message])
    return LocalMessage.objects.latest("pk")


@pytest.fixture
def boss(admin, sign_in):
    return sign_in(admin)


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_read_it(owner, manager, sign_in, page):
    where = f"/settings/mailbox/{page.format(pk=mail(html='<b>Secret</b>').pk)}"
    for user in (owner, manager):
        answer = sign_in(user).get(where)
        assert answer.status_code == 403
        assert "Secret" not in text_of(answer)
        assert "ana@example.com" not in text_of(answer)


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_it_leads_to_the_log_in(client, page, db):
    answer = client.get(f"/settings/mailbox/{page.format(pk=mail().pk)}")
    assert answer.status_code == 302
    assert answer.url.startswith("/user/login/")


def test_nobody_else_empties_it(manager, sign_in):
    mail()
    assert sign_in(manager).post("/settings/mailbox/empty/").status_code == 403
    assert LocalMessage.objects.count() == 1


def test_it_is_emptied_by_a_post_and_by_nothing_else(boss):
    mail()
    assert boss.get("/settings/mailbox/empty/").status_code == 405
    assert LocalMessage.objects.count() == 1
    assert "The mailbox is empty." in text_of(boss.post("/settings/mailbox/empty/", follow=True))
    assert LocalMessage.objects.count() == 0


def test_the_page_holds_fifty_and_leads_to_the_older_ones(
    boss, django_assert_max_num_queries, monkeypatch
):
    for number in range(53):
        mail(f"Offer {number}")
    boss.get("/settings/mailbox/")
    with django_assert_max_num_queries(12):
        first = boss.get("/settings/mailbox/")
    shown = [one.subject for one in first.context["found"]]
    assert (shown[0], shown[-1], len(shown)) == ("Offer 52", "Offer 3", 50)
    older = boss.get("/settings/mailbox/", {"before": first.context["next_before"]})
    assert [one.subject for one in older.context["found"]] == ["Offer 2", "Offer 1", "Offer 0"]
    assert older.context["next_before"] is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", ""])
def test_a_place_to_go_on_from_that_is_none_shows_the_newest(boss, before):
    kept = mail()
    answer = boss.get("/settings/mailbox/", {"before": before})
    assert [one.pk for one in answer.context["found"]] == [kept.pk]


@pytest.mark.parametrize(
    ("words", "found"), [("winter", ["Winter"]), ("ANA@", ["Offer", "Winter"]), ("%", [])]
)
def test_subjects_and_addresses_are_found(boss, words, found):
    mail("Winter")
    mail("Offer")
    mail("Bill", to="bob@example.com")
    answer = boss.get("/settings/mailbox/", {"q": words})
    assert [one.subject for one in answer.context["found"]] == found


def test_a_message_shows_its_headers_and_both_parts(boss):
    kept = mail(html="<p>Dear <b>Ana</b></p>")
    page = text_of(boss.get(f"/settings/mailbox/{kept.pk}/"))
    assert "Halden &lt;hello@halden.example&gt;" in page
    assert "ana@example.com" in page
    assert "Message-ID" in page
    assert '<pre class="mail-text">Dear Ana</pre>' in page
    assert f'src="/settings/mailbox/{kept.pk}/frame/"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<b>Ana</b>" not in page


def test_a_subject_is_only_text(boss):
    kept = mail(subject=SCRIPT)
    for where in ("/settings/mailbox/", f"/settings/mailbox/{kept.pk}/"):
        assert SCRIPT not in boss.get(where).content.decode()


def test_html_is_framed_where_nothing_runs_and_nobody_else_frames_it(boss):
    kept = mail(html=f"<p>Dear Ana</p>{SCRIPT}")
    answer = boss.get(f"/settings/mailbox/{kept.pk}/frame/")
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert policy["frame-ancestors"] == "'self'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("html", "framed"),
    [
        ("<p>Hi</p>", '<base target="_blank"><p>Hi</p>'),
        (
            "<!doctype html><html><HEAD lang='en'><title>x</title>",
            "<!doctype html><html><HEAD lang='en'><base target=\"_blank\"><title>x</title>",
        ),
    ],
)
def test_links_open_beside_the_frame(boss, html, framed):
    answer = boss.get(f"/settings/mailbox/{mail(html=html).pk}/frame/")
    assert answer.content.decode() == framed


def test_the_source_is_a_file_of_the_bytes_a_server_would_get(boss):
    kept = mail()
    answer = boss.get(f"/settings/mailbox/{kept.pk}/source/")
    assert answer.content == bytes(kept.raw)
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == f'attachment; filename="message-{kept.pk}.eml"'


def test_a_message_that_is_gone_is_not_there(boss):
    kept = mail()
    LocalMessage.objects.all().delete()
    for page in PAGES[1:]:
        assert boss.get(f"/settings/mailbox/{page.format(pk=kept.pk)}").status_code == 404
