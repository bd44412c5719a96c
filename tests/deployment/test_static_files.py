"""The production storage gives every static file a hashed name, following what refers to what."""

import json

import pytest
from django.core.management import call_command
from django.templatetags.static import static

pytestmark = pytest.mark.slow


def test_every_file_that_another_refers_to_is_there(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())
    assert "css/bootstrap.min.css" in manifest["paths"]
    assert (
        static("css/bootstrap.min.css") == f"/static/{manifest['paths']['css/bootstrap.min.css']}"
    )
