"""A developer's machine, and `make run`: no secret to set, no collectstatic, plain HTTP."""

import secrets
from pathlib import Path

from crm.settings.base import *
from crm.settings.base import CRM_HOME, env


def kept_secret_key(path: Path) -> str:
    """A random key made once: sessions outlive a restart, and no key stands in the code."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret_key(CRM_HOME / "secret_key")
ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += env.list("ALLOWED_HOSTS", default=[])

STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Passkeys need HTTPS everywhere but on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
