"""Pages that can't be shown keep the frame, so that one can go on from there."""

from tests.factories.accounts import make_account
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def test_who_is_logged_in_is_refused_within_the_frame(stranger, owner, sign_in):
    account = make_account(owner)
    answer = sign_in(stranger).get(f"/accounts/{account.pk}/edit/")
    assert answer.status_code == 404
    assert 'class="map"' in text_of(answer)
    assert "This record does not exist, or you may not see it." in text_of(answer)


def test_nobody_is_refused_at_the_door(client, db):
    answer = client.get("/unsubscribe/nonsense/more/")
    assert answer.status_code == 404
    assert 'class="map"' not in text_of(answer)
    assert "Nothing is here" in text_of(answer)


def test_imports_show_the_settings_only_to_whom_they_are_open(owner, admin, sign_in):
    assert "Business units" not in text_of(sign_in(owner).get("/imports/"))
    assert "Business units" in text_of(sign_in(admin).get("/imports/"))


def test_djangos_administration_stands_in_the_settings(admin, sign_in):
    page = text_of(sign_in(admin).get("/admin/crm/user/"))
    assert 'href="/admin/crm/user/" aria-current="page"' in page
    assert "<h1>Users</h1>" in page
