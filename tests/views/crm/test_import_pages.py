"""An import through its pages: upload, mapping, dry run, run, result, undo; and who may."""

import csv
import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from crm.celery import app
from crm.exchange.imports import reader
from crm.models import ImportJob, ImportRow
from opportunities.models import Opportunity
from sales_docs.models import Product
from tests.factories.accounts import make_account
from tests.factories.sales_docs import make_product
from tests.markup import tight

pytestmark = pytest.mark.django_db

FIRMS = "name,sector,employees\nCafé Élan,Technology,12\nBirch Foods,Retail,7\n"
DEALS = (
    "opportunity_id,account,product,deal_stage\n"
    "1C1I7A6R,Alder Labs,GTXPro,Prospecting\n"
    "Z063OYW0,Alder Labs,GTX Pro,Prospecting\n"
    "EC4QE1BX,Alder Labs,GTXPro,Prospecting\n"
)


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture(autouse=True)
def _worker():
    """A worker does at once what it is told."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def client_of_owner(owner, sign_in):
    return sign_in(owner)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Sends a form and follows where it leads, with the work done that it asked for."""

    def send(client, address, data=None):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address, data or {})
        return client.get(answer["Location"]) if answer.status_code == 302 else answer

    return send


def upload(client, content, name="firms.csv", target="account"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post(f"/imports/new/{target}/", {"file": file})


def workbook(rows):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def columns(job, **fields):
    """The mapping form: which field each column of the file goes to."""
    return {f"column_{place}": fields.get(name, "") for place, name in enumerate(job.columns)}


def test_a_file_goes_in_step_by_step_and_out_again(client_of_owner, owner, at_once):
    answer = upload(client_of_owner, FIRMS)
    job = ImportJob.objects.get()
    assert answer["Location"] == f"/imports/{job.pk}/"
    page = text_of(client_of_owner.get(f"/imports/{job.pk}/"))
    assert "Café Élan, Birch Foods" in page
    assert '<option value="industry" selected>' in page

    mapping = columns(job, name="name", sector="industry", employees="employees")
    page = text_of(at_once(client_of_owner, f"/imports/{job.pk}/map/", mapping))
    assert page.count("<td>New</td>") == 2
    assert "Write 2 rows" in page
    assert Account.objects.count() == 0

    page = text_of(at_once(client_of_owner, f"/imports/{job.pk}/run/"))
    assert "Undo this import" in page
    firm = Account.objects.get(name="Café Élan")
    assert (firm.industry, firm.employees, firm.owner_id) == ("technology", 12, owner.pk)

    page = text_of(at_once(client_of_owner, f"/imports/{job.pk}/undo/"))
    assert "This import was taken back." in page
    assert Account.objects.alive().count() == 0
    assert "firms.csv" in text_of(client_of_owner.get("/imports/"))


FORMS = {
    "with a mark": FIRMS.encode("utf-8-sig"),
    "with semicolons": FIRMS.replace(",", ";").encode(),
    "with tabs": FIRMS.replace(",", "\t").encode(),
    "UTF-16": FIRMS.encode("utf-16"),
    "Windows-1252": FIRMS.encode("cp1252"),
    "with Windows line ends": FIRMS.replace("\n", "\r\n").encode(),
    "a workbook": workbook(csv.reader(FIRMS.splitlines())),
}


@pytest.mark.parametrize("name", ["firms.csv", "firms.pdf"])
@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_read_by_what_is_in_it(form, name, client_of_owner):
    """Whatever it is called: the ending says nothing."""
    upload(client_of_owner, FORMS[form], name)
    job = ImportJob.objects.get()
    assert job.columns == ["name", "sector", "employees"]
    first = job.rows.order_by("line").first()
    assert first.cells == ["Café Élan", "Technology", "12"]


def docx():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    return file.getvalue()


BAD = {
    "nothing": (b"", "The file is empty. Choose one that has rows."),
    "blank lines": (b"\n\n\n", "Its first line must name the columns."),
    "only headings": (b"name,city\n", "a header but no rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither a CSV nor an XLSX"),
    "a document": (docx(), "can&#x27;t be read. Save it again as XLSX"),
    "a torn workbook": (workbook([["name"], ["x"]])[:400], "damaged"),
    "no letters": (b"name\n\x81\x8d\x8f\n", "can&#x27;t be read after line"),
    "too many values": (b"name\na,b,c\n", "Line 2 has more values"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_table_says_why_beside_the_field(kind, client_of_owner):
    content, told = BAD[kind]
    answer = upload(client_of_owner, content)
    assert answer.status_code == 422
    page = text_of(answer)
    assert told in page
    assert 'id="id_file_error"' in page
    assert (ImportJob.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_a_huge_file_is_refused(client_of_owner, monkeypatch):
    monkeypatch.setattr(reader, "MAX_BYTES", 50)
    answer = upload(client_of_owner, FIRMS)
    assert answer.status_code == 422
    assert "larger than 200 MB" in text_of(answer)
    assert ImportJob.objects.count() == 0


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(client_of_owner, monkeypatch):
    monkeypatch.setattr(reader, "MAX_UNPACKED", 5_000)
    content = workbook([["name"], *[["x" * 500]] * 100])
    assert len(content) < 10_000
    answer = upload(client_of_owner, content, "firms.xlsx")
    assert answer.status_code == 422
    assert "unpacks to more than 1 GB" in text_of(answer)


def test_no_file_at_all_asks_for_one(client_of_owner):
    answer = client_of_owner.post("/imports/new/account/", {})
    assert answer.status_code == 422
    assert "Choose a file first." in text_of(answer)


def test_zero_bytes_and_what_looks_like_one_go_in(client_of_owner, at_once):
    content = 'na\0me,city\n"A\0lder \\u0000 \\",Lyon\n'
    upload(client_of_owner, content.encode("utf-16"))
    job = ImportJob.objects.get()
    assert job.columns == ["name", "city"]
    assert job.rows.get().cells == ["Alder \\u0000 \\", "Lyon"]


def test_a_misspelt_name_is_told_with_a_suggestion_and_put_right_once(admin, sign_in, at_once):
    make_account(admin, name="Alder Labs")
    make_product(admin, name="GTX Pro")
    client = sign_in(admin)
    upload(client, DEALS, "pipeline.csv", "opportunity")
    job = ImportJob.objects.get()
    fields = {column: entry["field"] for column, entry in job.mapping.items()}
    page = text_of(at_once(client, f"/imports/{job.pk}/map/", columns(job, **fields)))
    assert "There is no “GTXPro”, or you may not see it." in page
    assert "first in line 2" in page
    assert 'name="replacement" value="GTX Pro"' in page
    assert "Write 1 row<" in page

    data = {"column": "product", "text": "GTXPro", "replacement": "GTX Pro"}
    page = text_of(at_once(client, f"/imports/{job.pk}/values/", data))
    assert "GTXPro, or you may not" not in page
    assert "Write 3 rows" in page
    at_once(client, f"/imports/{job.pk}/run/")
    assert Opportunity.objects.count() == 3
    assert Product.objects.count() == 1


def test_rows_left_out_are_listed_alone_and_come_as_a_file(client_of_owner, at_once):
    upload(client_of_owner, "name,employees\nAlder,twelve\nBirch,7\nbirch,8\n")
    job = ImportJob.objects.get()
    mapping = columns(job, name="name", employees="employees")
    at_once(client_of_owner, f"/imports/{job.pk}/map/", mapping)
    at_once(client_of_owner, f"/imports/{job.pk}/run/")
    page = text_of(client_of_owner.get(f"/imports/{job.pk}/?verdict=error"))
    assert "“twelve” is not a number." in page
    assert "Birch" not in page.split("<tbody>")[-1]
    answer = client_of_owner.get(f"/imports/{job.pk}/repair.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="import-{job.pk}-repair.csv"'
    assert lines[0] == "name,employees,Problem"
    assert [line.split(",")[0] for line in lines[1:]] == ["Alder", "birch"]


def test_two_columns_do_not_go_to_one_field(client_of_owner):
    upload(client_of_owner, FIRMS)
    job = ImportJob.objects.get()
    data = columns(job, name="name", sector="name")
    answer = client_of_owner.post(f"/imports/{job.pk}/map/", data)
    assert answer.status_code == 422
    assert "Two columns go to" in text_of(answer)
    assert client_of_owner.post(f"/imports/{job.pk}/map/", {}).status_code == 422
    nonsense = client_of_owner.post(f"/imports/{job.pk}/map/", columns(job, name="owner_id"))
    assert nonsense.status_code == 422
    job.refresh_from_db()
    assert job.state == ImportJob.State.UPLOADED


def test_nothing_is_written_before_it_was_tried_out(client_of_owner, at_once):
    upload(client_of_owner, FIRMS)
    job = ImportJob.objects.get()
    for state in (ImportJob.State.UPLOADED, ImportJob.State.FAILED):
        ImportJob.objects.filter(pk=job.pk).update(state=state)
        at_once(client_of_owner, f"/imports/{job.pk}/run/")
        assert Account.objects.count() == 0
    page = text_of(client_of_owner.get(f"/imports/{job.pk}/"))
    assert f'action="/imports/{job.pk}/check/"' in page
    at_once(client_of_owner, f"/imports/{job.pk}/check/")
    at_once(client_of_owner, f"/imports/{job.pk}/run/")
    assert Account.objects.count() == 2


def test_pressing_twice_writes_once(client_of_owner, at_once):
    upload(client_of_owner, FIRMS)
    job = ImportJob.objects.get()
    mapping = columns(job, name="name")
    for step in ("map", "run", "run", "check", "map", "undo", "undo"):
        data = mapping if step == "map" else {}
        at_once(client_of_owner, f"/imports/{job.pk}/{step}/", data)
    job.refresh_from_db()
    assert job.state == ImportJob.State.UNDONE
    assert Account.objects.count() == 2
    assert Account.objects.alive().count() == 0


def test_while_it_works_the_page_asks_again_and_again(client_of_owner):
    upload(client_of_owner, FIRMS)
    job = ImportJob.objects.get()
    ImportJob.objects.filter(pk=job.pk).update(state="running", done_count=1)
    page = text_of(client_of_owner.get(f"/imports/{job.pk}/"))
    assert 'hx-trigger="every 1s"' in page
    part = client_of_owner.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"})
    assert "1 / 2" in text_of(part)
    assert "<html" not in text_of(part)
    ImportJob.objects.filter(pk=job.pk).update(state="done")
    last = client_of_owner.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"})
    assert last["HX-Refresh"] == "true"


def test_who_may_not_create_may_not_import(agent, marketer, sign_in):
    for user, target in ((agent, "opportunity"), (marketer, "user"), (agent, "user")):
        client = sign_in(user)
        assert client.get(f"/imports/new/{target}/").status_code == 403, target
        assert upload(client, FIRMS, target=target).status_code == 403, target
    assert sign_in(agent).get("/imports/new/nonsense/").status_code == 404
    assert ImportJob.objects.count() == 0


def test_somebody_elses_import_is_404_at_every_step(owner, teammate, sign_in):
    upload(sign_in(owner), FIRMS)
    job = ImportJob.objects.get()
    client = sign_in(teammate)
    data = columns(job, name="name")
    for step in ("map/", "check/", "run/", "undo/", "values/"):
        assert client.post(f"/imports/{job.pk}/{step}", data).status_code == 404, step
    for page in ("", "repair.csv"):
        assert client.get(f"/imports/{job.pk}/{page}").status_code == 404, page
    assert "firms.csv" not in text_of(client.get("/imports/"))
    job.refresh_from_db()
    assert job.state == ImportJob.State.UPLOADED


def test_who_loses_the_right_meanwhile_writes_nothing(owner, sign_in, at_once):
    client = sign_in(owner)
    upload(client, FIRMS)
    job = ImportJob.objects.get()
    at_once(client, f"/imports/{job.pk}/map/", columns(job, name="name"))
    owner.roles.clear()
    at_once(sign_in(owner), f"/imports/{job.pk}/run/")
    assert Account.objects.count() == 0
