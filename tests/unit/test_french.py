"""The French catalogue: whole, and with the placeholders the sentences are filled through."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[2] / "locale/fr/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+(?::\d+)?\}")


@pytest.fixture(scope="module")
def messages():
    with CATALOGUE.open("rb") as source:
        return [message for message in read_po(source, locale="fr") if message.id]


def texts(value):
    return list(value) if isinstance(value, tuple | list) else [value]


def test_every_sentence_has_its_translation(messages):
    missing = [message.id for message in messages if not all(texts(message.string))]
    assert missing == []
    assert len(messages) > 1500


def test_no_translation_is_a_guess(messages):
    assert [message.id for message in messages if message.fuzzy] == []


def test_placeholders_agree(messages):
    wrong = [
        (source, target)
        for message in messages
        for source, target in zip(texts(message.id), texts(message.string), strict=True)
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target))
    ]
    assert wrong == []
