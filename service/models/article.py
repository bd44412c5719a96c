from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Record, number_trigger, search_text
from service.querysets import ArticleQuerySet


class RankedText(models.Func):
    """Title, keywords and body as one weighted text-search vector, in the article's language."""

    output_field = SearchVectorField()

    def __init__(self, **extra: Any) -> None:
        super().__init__("title", "keywords", "body", "language", **extra)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        title, keywords, body, language = (
            compiler.compile(part)[0] for part in self.get_source_expressions()
        )
        config = (
            f"CASE {language} WHEN 'fr' THEN 'pg_catalog.french'::regconfig "
            "ELSE 'pg_catalog.english'::regconfig END"
        )
        weighted = (
            f"setweight(to_tsvector({config}, public.crm_fold({text})), '{weight}')"
            for text, weight in ((title, "A"), (keywords, "B"), (body, "C"))
        )
        return "(" + " || ".join(weighted) + ")", ()


# The vector follows from the other columns: the history of every change leaves it out.
_HISTORY = pgtrigger.Trigger(
    name="history",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    func=pgtrigger.Func(
        "PERFORM public.crm_record_change('{meta.model_name}', TG_OP, "
        "CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) - 'ranked_text' END, "
        "CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) - 'ranked_text' END); "
        "RETURN NULL;"
    ),
)
_KEPT = [trigger for trigger in Record.Meta.triggers if trigger.name != _HISTORY.name]


class Article(Record):
    """One row is one version of something the company knows; versions share a number."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")
        DISCARDED = "discarded", _("Discarded")

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")

    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(
        _("number"),
        max_length=40,
        blank=True,
        editable=False,
        help_text=_("Shared by all versions."),
    )
    major = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    minor = models.PositiveSmallIntegerField(_("minor version"), default=0, editable=False)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="later",
        verbose_name=_("made from"),
    )
    state = models.CharField(
        _("status"), max_length=12, choices=State, default=State.DRAFT, editable=False
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    keywords = models.CharField(_("keywords"), max_length=300, blank=True)
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("Markdown: # heading, **bold**, - list, [text](https://example.com)."),
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    search_text = search_text("title", "number", "keywords")
    ranked_text = models.GeneratedField(
        expression=RankedText(), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = ArticleQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        triggers = [*_KEPT, _HISTORY, number_trigger("article")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["state", "-published_at", "-id"], name="article_published"),
            GinIndex(fields=["ranked_text"], name="article_ranked"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(title=""), name="article_has_title"),
            models.UniqueConstraint(fields=["number", "major", "minor"], name="article_version"),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(state="published"),
                name="article_published_once",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(
                    state__in=["draft", "in_review", "approved"], deleted_at__isnull=True
                ),
                name="article_under_way_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "archived"])
                | models.Q(published_at__isnull=False),
                name="article_published_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def version_name(self) -> str:
        return f"{self.major}.{self.minor}"
