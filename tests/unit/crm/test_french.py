"""The French catalogue: whole, and with the placeholders the sentences are filled through."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[3] / "locale/fr/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+(?::\d+)?\}")
NAMES_OF_A_TYPE = re.compile(r"%\([Tt]ypes?\)s")  # each sentence is given all four


@pytest.fixture(scope="module")
def messages():
    with CATALOGUE.open("rb") as source:
        return [message for message in read_po(source, locale="fr") if message.id]


def placeholders(text):
    return set(PLACEHOLDER.findall(NAMES_OF_A_TYPE.sub("%(type)s", text)))


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
        if placeholders(source) != placeholders(target)
    ]
    assert wrong == []
