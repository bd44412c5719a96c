"""The life of an article: reviewed, published, followed by a new version, put away."""

from collections.abc import Mapping
from typing import Any

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.operations import current, journal, operation
from crm.records.services import save_changed, save_new
from crm.registry.registry import registry
from service import rules
from service.models import Article
from service.services.locking import lock_article

State = Article.State


def prepare_article(article: Article, changes: Mapping[str, Any]) -> None:
    """Before every save: one spelling of title and keywords."""
    article.title = " ".join((article.title or "").split())
    words = [" ".join(word.split()) for word in (article.keywords or "").split(",")]
    article.keywords = ", ".join(word for word in words if word)


@operation
def submit_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Hands a draft to the reviewers. Journals 'article_submitted'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.DRAFT,))
    rules.refuse_blank(article)
    return _move(article, State.IN_REVIEW, "article_submitted")


@operation
def approve_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Finds a reviewed draft good; it can be published. Journals 'article_approved'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.IN_REVIEW,))
    return _move(article, State.APPROVED, "article_approved")


@operation
def reject_article(
    *, actor: Actor, record_id: int, note: str, version: int | None = None
) -> Article:
    """Sends it back to its writer, saying why. Journals 'article_rejected'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.IN_REVIEW, State.APPROVED))
    return _move(article, State.DRAFT, "article_rejected", note=note.strip())


@operation
def publish_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Shows an approved article to everybody; the version published before is archived.

    Locks all versions, journals 'article_published' and 'article_replaced'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.APPROVED,))
    for older in Article.objects.published().filter(number=article.number):
        _move(older, State.ARCHIVED, "article_replaced", by=article.version_name)
    old = {"published_at": article.published_at}
    article.published_at = current().at
    return _move(article, State.PUBLISHED, "article_published", changes=old)


@operation
def update_article(
    *, actor: Actor, record_id: int, is_major: bool = False, version: int | None = None
) -> Article:
    """Makes the draft of a new version of a published article, under the same number.

    Locks all versions, journals 'article_updated'. Raises NotVisible, AccessDenied, RuleViolation
    (also when another version is being worked on).
    """
    article = lock_article(actor=actor, record_id=record_id, version=version)
    actor.require_type(Privilege.CREATE, "article")
    rules.refuse_article_state(article, (State.PUBLISHED,))
    _refuse_second_draft(article)
    major, minor = _last_version(article)
    made = Article(
        owner_id=actor.id or article.owner_id,
        number=article.number,
        major=major + 1 if is_major else major,
        minor=0 if is_major else minor + 1,
        previous=article,
        title=article.title,
        language=article.language,
        summary=article.summary,
        keywords=article.keywords,
        body=article.body,
    )
    saved: Article = save_new(registry.get("article"), made)
    journal("article_updated", article, to=saved.version_name)
    return saved


@operation
def archive_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Takes a published article out of sight. Journals 'article_archived'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.PUBLISHED,))
    return _move(article, State.ARCHIVED, "article_archived")


@operation
def discard_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Gives up what was never published. Journals 'article_discarded'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, rules.UNDER_WAY)
    return _move(article, State.DISCARDED, "article_discarded")


@operation
def restore_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """Makes a draft again of what was put away. Journals 'article_restored'."""
    article = lock_article(actor=actor, record_id=record_id, version=version)
    rules.refuse_article_state(article, (State.ARCHIVED, State.DISCARDED))
    _refuse_second_draft(article)
    return _move(article, State.DRAFT, "article_restored")


def _refuse_second_draft(article: Article) -> None:
    others = Article.objects.alive().under_way().filter(number=article.number)
    other = others.exclude(pk=article.pk).first()
    if other is not None:
        raise rules.another_under_way(other)


def _last_version(article: Article) -> tuple[int, int]:
    versions = Article.objects.filter(number=article.number).order_by("-major", "-minor")
    major, minor = versions.values_list("major", "minor")[0]
    return int(major), int(minor)


def _move(
    article: Article,
    state: State,
    verb: str,
    *,
    changes: Mapping[str, Any] | None = None,
    **told: Any,
) -> Article:
    old = {"state": article.state, **(changes or {})}
    article.state = state
    save_changed(registry.get("article"), article, old)
    journal(verb, article, **told)
    return article
