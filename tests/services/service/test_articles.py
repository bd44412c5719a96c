import pytest

from crm.errors import AccessDenied, RuleViolation
from crm.models import FieldChange, JournalEntry
from crm.records.services import update_record
from crm.registry.registry import registry
from service.models import Article
from service.panels import fitting_articles
from service.services import (
    approve_article,
    archive_article,
    discard_article,
    publish_article,
    reject_article,
    restore_article,
    submit_article,
    update_article,
)
from tests.factories.cases import make_case
from tests.factories.service import make_article


def send_back(*, actor, record_id):
    return reject_article(actor=actor, record_id=record_id, note="Name the filter.")


def state(article):
    fresh = Article.objects.get(pk=article.pk)
    counts = Article.objects.count(), JournalEntry.objects.count(), FieldChange.objects.count()
    return fresh.version, fresh.state, fresh.published_at, counts


def published(agent, as_actor, **values):
    article = make_article(agent, **values)
    for do in (submit_article, approve_article, publish_article):
        do(actor=as_actor(agent), record_id=article.pk)
    return Article.objects.get(pk=article.pk)


def test_an_article_is_written_reviewed_approved_and_published(agent, as_actor):
    article = make_article(agent)
    actor = as_actor(agent)
    assert (article.number[:3], article.version_name, article.state) == ("KB-", "1.0", "draft")

    assert submit_article(actor=actor, record_id=article.pk).state == "in_review"
    assert send_back(actor=actor, record_id=article.pk).state == "draft"
    submit_article(actor=actor, record_id=article.pk)
    assert approve_article(actor=actor, record_id=article.pk).state == "approved"
    done = publish_article(actor=actor, record_id=article.pk)

    assert done.state == "published"
    assert done.published_at is not None
    assert JournalEntry.objects.get(verb="article_rejected").data == {"note": "Name the filter."}


def test_an_article_without_text_is_not_reviewed(agent, as_actor):
    article = make_article(agent, body="  ")
    before = state(article)
    with pytest.raises(RuleViolation) as refused:
        submit_article(actor=as_actor(agent), record_id=article.pk)
    assert set(refused.value.fields) == {"body"}
    assert state(article) == before


def test_a_new_version_leaves_the_published_one_until_it_replaces_it(agent, as_actor):
    first = published(agent, as_actor)
    actor = as_actor(agent)

    second = update_article(actor=actor, record_id=first.pk)

    assert (second.number, second.version_name, second.state) == (first.number, "1.1", "draft")
    assert (second.title, second.body) == (first.title, first.body)
    assert second.previous_id == first.pk
    assert state(first)[1] == "published"

    for do in (submit_article, approve_article, publish_article):
        do(actor=actor, record_id=second.pk)
    assert state(first)[1] == "archived"
    assert state(second)[1] == "published"
    assert Article.objects.published().filter(number=first.number).count() == 1

    third = update_article(actor=actor, record_id=second.pk, is_major=True)
    assert third.version_name == "2.0"


def test_only_one_new_version_is_worked_on_at_a_time(agent, as_actor):
    article = published(agent, as_actor)
    update_article(actor=as_actor(agent), record_id=article.pk)
    before = state(article)
    with pytest.raises(RuleViolation, match=r"Version 1\.1 is being worked on already"):
        update_article(actor=as_actor(agent), record_id=article.pk)
    assert state(article) == before


def test_an_archived_article_can_be_made_a_draft_again(agent, as_actor):
    article = published(agent, as_actor)
    actor = as_actor(agent)
    assert archive_article(actor=actor, record_id=article.pk).state == "archived"
    assert restore_article(actor=actor, record_id=article.pk).state == "draft"


def test_an_old_version_is_not_restored_beside_a_new_draft(agent, as_actor):
    article = published(agent, as_actor)
    actor = as_actor(agent)
    update_article(actor=actor, record_id=article.pk)
    archive_article(actor=actor, record_id=article.pk)
    before = state(article)
    with pytest.raises(RuleViolation, match="being worked on already"):
        restore_article(actor=actor, record_id=article.pk)
    assert state(article) == before


ALLOWED = {
    submit_article: {"draft"},
    approve_article: {"in_review"},
    send_back: {"in_review", "approved"},
    publish_article: {"approved"},
    update_article: {"published"},
    archive_article: {"published"},
    discard_article: {"draft", "in_review", "approved"},
    restore_article: {"archived", "discarded"},
}
ILLEGAL = [
    (start, do)
    for do, allowed in ALLOWED.items()
    for start in Article.State.values
    if start not in allowed
]


@pytest.mark.parametrize(("start", "do"), ILLEGAL)
def test_an_illegal_transition_changes_nothing(start, do, agent, as_actor):
    from django.utils import timezone

    moment = timezone.now() if start in ("published", "archived") else None
    article = make_article(agent, state=start, published_at=moment)
    before = state(article)
    with pytest.raises(RuleViolation):
        do(actor=as_actor(agent), record_id=article.pk)
    assert state(article) == before


def test_a_reader_may_not_publish(agent, owner, as_actor):
    article = make_article(agent, state="approved")
    before = state(article)
    with pytest.raises(AccessDenied):
        publish_article(actor=as_actor(owner), record_id=article.pk)
    assert state(article) == before


@pytest.mark.parametrize("start", ["in_review", "approved", "discarded"])
def test_only_a_draft_is_edited(start, agent, as_actor):
    article = make_article(agent, state=start)
    before = state(article)
    with pytest.raises(RuleViolation):
        update_record(
            actor=as_actor(agent),
            record_type=registry.get("article"),
            record_id=article.pk,
            version=article.version,
            values={"body": "Other"},
        )
    assert state(article) == before


def test_history_holds_the_text_but_not_what_searching_makes_of_it(agent, as_actor):
    article = make_article(agent)
    update_record(
        actor=as_actor(agent),
        record_type=registry.get("article"),
        record_id=article.pk,
        version=article.version,
        values={"body": "Replace the filter."},
    )
    change = FieldChange.objects.get(record_type="article", event="update")
    assert set(change.changes) == {"body"}


def test_a_case_is_offered_the_published_articles_that_fit_its_title(agent, as_actor):
    fits = published(agent, as_actor, title="Pump stops", body="Clean the filter.")
    somewhat = published(agent, as_actor, title="Filters", body="When a pump is stopping often.")
    published(agent, as_actor, title="Certificates", body="How to ask for them.")
    make_article(agent, title="Pump stops, a draft")
    case = make_case(agent, title="The pumps stopped at 40 °C")

    offered = fitting_articles(as_actor(agent), case)["articles"]

    assert [article.pk for article in offered] == [fits.pk, somewhat.pk]


def test_a_french_article_is_found_by_other_forms_of_its_words_and_without_accents(agent, as_actor):
    article = published(
        agent, as_actor, language="fr", title="Étalonnage", body="Les lampes sont étalonnées."
    )
    case = make_case(agent, title="lampe: etalonnage impossible")
    assert fitting_articles(as_actor(agent), case)["articles"][0].pk == article.pk


@pytest.mark.parametrize("title", ["!!!", "or", "the and", "x | y & !z <-> (", '"', "'; --"])
def test_no_title_breaks_the_search(title, agent, as_actor):
    published(agent, as_actor)
    case = make_case(agent, title=title)
    assert fitting_articles(as_actor(agent), case) is None
