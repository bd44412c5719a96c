"""Which installation the data belong to is told by the database and the secret key."""

import pytest

from crm.administration.mail_release import release_mail
from crm.errors import AccessDenied
from crm.mail.holding import belong_here, install_identity, mail_is_held
from crm.mail.transport import ServerTrouble, open_transport
from crm.models import Installation

pytestmark = pytest.mark.django_db


def test_data_belong_where_they_were_made():
    assert not mail_is_held()


def test_another_secret_key_is_another_installation(settings):
    settings.SECRET_KEY = "another installation's"
    assert mail_is_held()
    with open_transport() as transport, pytest.raises(ServerTrouble, match="Mail is held"):
        transport.deliver(None)
    belong_here()
    assert not mail_is_held()


def test_a_key_that_was_changed_with_its_former_one_honoured_holds_nothing(settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    assert not mail_is_held()
    install_identity()  # the release that brings the key
    settings.SECRET_KEY_FALLBACKS = []
    assert not mail_is_held()


def test_a_migration_of_a_copy_does_not_make_it_the_original():
    Installation.objects.update(database="7/1")
    install_identity()
    assert mail_is_held()


def test_data_that_belong_nowhere_are_held_until_a_migration():
    Installation.objects.all().delete()
    assert mail_is_held()
    install_identity()
    assert not mail_is_held()


def test_nobody_but_an_administrator_lets_mail_go(owner, as_actor):
    Installation.objects.update(database="7/1")
    with pytest.raises(AccessDenied):
        release_mail(actor=as_actor(owner))
    assert mail_is_held()
