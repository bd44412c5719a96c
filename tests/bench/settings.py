"""The settings the measured server runs with: production's ways, without HTTPS."""

from crm.settings.dev import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.bench.urls"
WHITENOISE_AUTOREFRESH = False
