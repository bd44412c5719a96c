"""Cached parts of pages: drawn from exactly what they are given, shared where it is equal."""

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.utils import timezone
from django.utils.safestring import SafeString

from crm.access.actor import Actor
from crm.frame.frame import Frame
from crm.models import User
from crm.templatetags.ui import _parts
from crm.ui.keyed import Keyed
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(tmp_path, settings):
    """Draws a page with one cached part of the given source."""

    def draw(source, tag, **context):
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        (folder / "part.html").write_text(source)
        settings.TEMPLATES = [
            {**settings.TEMPLATES[0], "DIRS": [folder, *settings.TEMPLATES[0]["DIRS"]]}
        ]
        return engines["django"].from_string("{% load ui %}" + tag).render(context)

    return draw


def test_a_part_sees_neither_the_request_nor_the_page_around_it(part, rf, owner):
    request = rf.get("/")
    request.user = owner
    source = "[{{ request.user.name }}{{ user }}{{ frame }}{{ secret }}{{ given }}]"
    page = part(
        source,
        '{% cached_part "part.html" given=given %}',
        request=request,
        user=owner,
        frame="frame",
        secret="theirs",
        given="mine",
    )
    assert page == "[mine]"


def test_a_part_is_drawn_anew_for_every_other_value(part):
    tag = '{% cached_part "part.html" given=given %}'
    assert [part("{{ given }}", tag, given=value) for value in (1, 2, 1)] == ["1", "2", "1"]


def test_equal_values_of_unequal_types_share_no_part(part):
    tag = '{% cached_part "part.html" given=given %}'
    given = [SafeString("<b>"), "<b>", True, 1]
    drawn = [part("{{ given }}", tag, given=value) for value in given]
    assert drawn == ["<b>", "&lt;b&gt;", "True", "1"]


def test_a_part_follows_the_day_and_the_time_zone(part, monkeypatch):
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    tag = '{% cached_part "part.html" given=given %}'
    hours = []
    for zone in ("Europe/Paris", "Asia/Tokyo", "Europe/Paris"):
        with timezone.override(zone):
            hours.append(part('{{ given|date:"H" }}', tag, given=moment))
    assert hours == ["13", "21", "13"]
    made = []
    counted = Keyed("day", lambda: made.append(1))
    for day in (1, 1, 2):
        monkeypatch.setattr(timezone, "now", lambda day=day: datetime(2026, 3, day, tzinfo=UTC))
        part("{{ given }}", tag, given=counted)
    assert len(made) == 2


def test_a_keyed_value_is_made_once_for_equal_keys(part):
    made = []

    def make():
        made.append(1)
        return "costly"

    tag = '{% cached_part "part.html" given=given %}'
    pages = [part("{{ given }}", tag, given=Keyed(("key", 1), make)) for _number in range(3)]
    assert pages == ["costly"] * 3
    assert len(made) == 1


def test_people_with_the_same_roles_share_the_frame(rf, owner, teammate, agent, as_actor):
    def frame_of(user):
        request = rf.get("/accounts/")
        request.actor, request.user, request.resolver_match = as_actor(user), user, None
        return Frame(request)

    assert frame_of(owner).groups is frame_of(teammate).groups
    assert frame_of(owner).areas is frame_of(teammate).areas
    assert frame_of(owner).groups is not frame_of(agent).groups
    assert Actor(user=User.objects.get(pk=owner.pk)).offers != as_actor(agent).offers


def test_ten_people_with_one_role_add_no_part_for_a_list(client, north):
    people = [make_user(f"rep{number}", north, "sales_rep") for number in range(10)]
    sizes = []
    for person in people:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        assert client.get("/accounts/").status_code == 200
        sizes.append(len(_parts._entries))
    assert sizes[1:] == [sizes[0]] * 9
