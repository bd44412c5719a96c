"""Files of a record."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.activities.files import attach_file, clean_name
from crm.models import File
from tests.factories.accounts import make_account
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture
def file(owner, as_actor):
    upload = SimpleUploadedFile("offer.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    return attach_file(actor=as_actor(owner), record=make_account(owner), upload=upload)


def test_a_file_is_added_and_listed(owner, sign_in):
    account = make_account(owner)
    client = sign_in(owner)
    upload = SimpleUploadedFile("offer.pdf", b"%PDF-1.7 an offer")
    client.post(f"/accounts/{account.pk}/files/", {"file": upload})
    kept = File.objects.get()
    assert (kept.name, kept.media_type, kept.size) == ("offer.pdf", "application/pdf", 17)
    assert "offer" not in kept.content.name
    page = text_of(client.get(f"/accounts/{account.pk}/?tab=files"))
    assert "offer.pdf" in page
    assert "Added “offer.pdf”." in page


def test_a_file_too_large_is_refused_with_its_size(owner, sign_in, settings):
    settings.MAX_FILE_BYTES = 1000
    account = make_account(owner)
    upload = SimpleUploadedFile("big.bin", b"x" * 1001)
    answer = sign_in(owner).post(f"/accounts/{account.pk}/files/", {"file": upload})
    assert answer.status_code == 422
    assert "at most" in text_of(answer)
    assert File.objects.count() == 0


def test_an_empty_file_is_refused(owner, sign_in):
    account = make_account(owner)
    upload = SimpleUploadedFile("empty.txt", b"")
    answer = sign_in(owner).post(f"/accounts/{account.pk}/files/", {"file": upload})
    assert answer.status_code == 422
    assert "There is nothing in this file." in text_of(answer)
    assert File.objects.count() == 0


def test_a_download_is_an_attachment_no_browser_runs(owner, file, sign_in):
    answer = sign_in(owner).get(f"/files/{file.pk}/")
    assert answer["Content-Disposition"] == 'attachment; filename="offer.svg"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == b"<svg onload='alert(1)'/>"


def test_a_file_follows_the_access_of_its_record(owner, teammate, stranger, file, sign_in):
    assert sign_in(teammate).get(f"/files/{file.pk}/").status_code == 200
    assert sign_in(stranger).get(f"/files/{file.pk}/").status_code == 404


def test_who_may_not_write_the_record_can_not_remove_its_file(teammate, file, sign_in):
    assert sign_in(teammate).post(f"/files/{file.pk}/delete/").status_code == 403
    file.refresh_from_db()
    assert file.deleted_at is None


def test_removing_a_file_offers_undo(owner, file, sign_in):
    client = sign_in(owner)
    page = text_of(client.post(f"/files/{file.pk}/delete/", follow=True))
    file.refresh_from_db()
    assert file.deleted_at is not None
    assert "No files yet" in page
    client.post("/undo/" + page.split('action="/undo/')[1].split('"')[0])
    file.refresh_from_db()
    assert file.deleted_at is None


def test_a_removed_file_is_gone_for_downloads(owner, file, sign_in):
    client = sign_in(owner)
    client.post(f"/files/{file.pk}/delete/")
    assert client.get(f"/files/{file.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\offer.pdf", "offer.pdf"),
        ("a\r\nb.txt", "ab.txt"),
        ("..", "file"),
        ("<b>.html", "b.html"),
        ("n" * 300 + ".pdf", "n" * 196 + ".pdf"),
    ],
)
def test_names_lose_what_no_file_should_be_called(name, kept):
    assert clean_name(name) == kept
