"""The standing people of the tests: who they are to each other says what they may see.

`owner` and `teammate` are sales reps in the unit North, `stranger` one in South; `manager`
manages the owner from the unit above; `agent` and `marketer` are in units of their own;
`admin` holds the administrator role.
"""

from typing import Any

import pytest
from django.core.cache import cache

from crm.access.actor import Actor
from crm.models import BusinessUnit, Role, User
from crm.runtime.cache_versions import reset_cache_versions, without_cache_versions
from crm.runtime.process_cache import clear_process_caches

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _nothing_remembered(request: pytest.FixtureRequest) -> Any:
    cache.clear()
    clear_process_caches()
    if not _uses_database(request):
        with without_cache_versions():
            yield
        return
    reset_cache_versions()
    yield
    reset_cache_versions()


def _uses_database(request: pytest.FixtureRequest) -> bool:
    is_marked = request.node.get_closest_marker("django_db") is not None
    return is_marked or bool({"db", "transactional_db"} & set(request.fixturenames))


@pytest.fixture
def company(db: Any) -> BusinessUnit:
    return BusinessUnit.objects.get(parent=None)


@pytest.fixture
def sales_unit(company: BusinessUnit) -> BusinessUnit:
    return BusinessUnit.objects.create(name="Sales", parent=company)


@pytest.fixture
def north(sales_unit: BusinessUnit) -> BusinessUnit:
    return BusinessUnit.objects.create(name="North", parent=sales_unit)


@pytest.fixture
def south(sales_unit: BusinessUnit) -> BusinessUnit:
    return BusinessUnit.objects.create(name="South", parent=sales_unit)


def make_user(username: str, unit: BusinessUnit, *profiles: str, **extra: Any) -> User:
    """A user who signs in with PASSWORD and holds the standard roles named."""
    user = User.objects.create_user(
        username, f"{username}@example.test", PASSWORD, unit=unit, name=username.title(), **extra
    )
    for role in Role.objects.filter(profile__in=profiles):
        role.holders.add(user)
    reset_cache_versions()
    return user


@pytest.fixture
def manager(sales_unit: BusinessUnit) -> User:
    return make_user("manager", sales_unit, "sales_manager")


@pytest.fixture
def owner(north: BusinessUnit, manager: User) -> User:
    return make_user("owner", north, "sales_rep", manager=manager)


@pytest.fixture
def teammate(north: BusinessUnit) -> User:
    return make_user("teammate", north, "sales_rep")


@pytest.fixture
def stranger(south: BusinessUnit) -> User:
    return make_user("stranger", south, "sales_rep")


@pytest.fixture
def agent(company: BusinessUnit) -> User:
    unit = BusinessUnit.objects.create(name="Service", parent=company)
    return make_user("agent", unit, "service_agent")


@pytest.fixture
def marketer(company: BusinessUnit) -> User:
    unit = BusinessUnit.objects.create(name="Marketing", parent=company)
    return make_user("marketer", unit, "marketer")


@pytest.fixture
def admin(company: BusinessUnit) -> User:
    return make_user("boss", company, "administrator", is_staff=True)


@pytest.fixture
def as_actor() -> Any:
    """Turns a user into a fresh actor, as a new request would."""

    def fresh(user: User) -> Actor:
        reset_cache_versions()
        return Actor(user=User.objects.get(pk=user.pk))

    return fresh


@pytest.fixture
def sign_in(client: Any) -> Any:
    """Signs a user in on the test client and returns it."""

    def signed_in(user: User) -> Any:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
