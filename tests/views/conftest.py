"""Every write of these tests is announced, whichever path it takes."""

import pytest

from tests.contract.announced import watched_writes


@pytest.fixture(autouse=True)
def _every_write_is_announced(request):
    """Compares the field history of an operation with the RecordsChanged events after each test.

    A new way of writing records that forgets the event fails the first test that takes it.
    """
    marked = request.node.get_closest_marker
    if marked("django_db") is None or marked("unannounced") is not None:
        yield
        return
    request.getfixturevalue("db")
    with watched_writes() as unannounced:
        yield
        assert unannounced() == {}
