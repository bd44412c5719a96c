from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.registry.declaration import (
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Group,
    NamedView,
    Panel,
    PanelPlace,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from service import rules
from service.models import Article
from service.panels import article_text, fitting_articles, versions
from service.services.articles import prepare_article

State = Article.State


ACTIONS = (
    Action(
        key="submit",
        label=_("Hand in for review"),
        icon="send",
        service="service.services.submit_article",
        is_primary=True,
        states=(State.DRAFT,),
        done=_("Handed in."),
        order=10,
    ),
    Action(
        key="approve",
        label=_("Approve"),
        icon="check",
        service="service.services.approve_article",
        is_primary=True,
        states=(State.IN_REVIEW,),
        done=_("Approved."),
        order=10,
    ),
    Action(
        key="publish",
        label=_("Publish"),
        icon="book-open-check",
        service="service.services.publish_article",
        is_primary=True,
        states=(State.APPROVED,),
        done=_("Published."),
        order=10,
    ),
    Action(
        key="reject",
        label=_("Send back"),
        icon="undo-2",
        service="service.services.reject_article",
        form="service.forms.RejectForm",
        states=(State.IN_REVIEW, State.APPROVED),
        done=_("Sent back."),
        order=20,
    ),
    Action(
        key="update",
        label=_("New version"),
        icon="copy-plus",
        service="service.services.update_article",
        form="service.forms.NewVersionForm",
        is_primary=True,
        states=(State.PUBLISHED,),
        done=_("Here is the draft of the next version."),
        order=10,
    ),
    Action(
        key="archive",
        label=_("Archive"),
        icon="archive",
        service="service.services.archive_article",
        states=(State.PUBLISHED,),
        done=_("Archived."),
        order=30,
    ),
    Action(
        key="discard",
        label=_("Give up"),
        icon="circle-x",
        service="service.services.discard_article",
        states=rules.UNDER_WAY,
        done=_("Given up."),
        order=40,
    ),
    Action(
        key="restore-article",
        label=_("Make it a draft again"),
        icon="archive-restore",
        service="service.services.restore_article",
        is_primary=True,
        states=(State.ARCHIVED, State.DISCARDED),
        done=_("A draft again."),
        order=10,
    ),
)

registry.add_panel(
    "case",
    Panel(
        key="articles",
        label=plural_lazy("article"),
        template="service/panels/articles.html",
        load=fitting_articles,
        reads="article",
        order=30,
    ),
)

registry.register(
    RecordType(
        model=Article,
        slug="articles",
        icon="book-open",
        colour=Colour.ACTIVITY,
        title="title",
        number="number",
        places=(Place(area=Area.SERVICE, group=Group.KNOWLEDGE, order=10),),
        form="service.forms.ArticleForm",
        status=Status(
            field="state",
            tones={
                State.DRAFT: (Tone.NEUTRAL, "circle-dashed"),
                State.IN_REVIEW: (Tone.ACCENT, "circle-dot"),
                State.APPROVED: (Tone.ACCENT, "circle-check"),
                State.PUBLISHED: (Tone.GOOD, "circle-check"),
                State.ARCHIVED: (Tone.NEUTRAL, "archive"),
                State.DISCARDED: (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset(State) - {State.DRAFT},
        ),
        subtitle=("number", "version_name"),
        key_fields=(
            Column(name="version_name", label=_("Version")),
            Column(name="language"),
            Column(name="published_at"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="article",
                label=_("Main facts"),
                fields=("title", "summary", "keywords", "language", "owner"),
                is_quick=True,
            ),
            Section(key="text", label=_("Text"), fields=("body",), is_form_only=True),
        ),
        columns=(
            Column(name="title", kind=ColumnKind.LINK),
            Column(name="number"),
            Column(name="version_name", label=_("Version"), sort="major", reads=("major", "minor")),
            Column(name="state", kind=ColumnKind.PILL),
            Column(name="language", is_wide_only=True),
            Column(name="keywords", is_wide_only=True),
            Column(name="published_at"),
            Column(name="summary", is_default=False),
            Column(name="owner", is_wide_only=True),
            Column(name="modified_at", is_default=False),
            Column(name="created_at", is_default=False),
        ),
        views=(
            NamedView(
                key="published",
                label=_("Published %(types)s"),
                select=lambda rows, actor: rows.published(),
                sort="-published_at",
                is_default=True,
            ),
            NamedView(
                key="under-way",
                label=_("Being worked on"),
                select=lambda rows, actor: rows.under_way(),
            ),
            NamedView(
                key="review",
                label=_("To be reviewed"),
                select=lambda rows, actor: rows.in_review(),
                sort="modified_at",
            ),
            my_records(),
            all_records(),
        ),
        filters=(
            "state",
            "language",
            "keywords",
            "owner",
            "published_at",
            "created_at",
            "modified_at",
        ),
        charts=(
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="language", by="language"),
            Chart(key="owner", by="owner"),
            Chart(key="published", by="published_at", label=_("Published %(types)s")),
        ),
        actions=ACTIONS,
        panels=(
            Panel(
                key="text",
                label=_("Text"),
                template="service/panels/article_text.html",
                load=article_text,
                place=PanelPlace.MAIN,
                order=10,
            ),
            Panel(
                key="versions",
                label=_("Other versions"),
                template="service/panels/versions.html",
                load=versions,
                order=20,
            ),
        ),
        duplicates=(DuplicateKey(fields=("title",), reason=_("similar title"), is_fuzzy=True),),
        bulk_fields=("keywords",),
        import_fields=("title", "summary", "body", "keywords", "language", "owner"),
        rules=Rules(before_save=prepare_article, lock=rules.article_lock),
        related=("owner",),
    )
)
