"""Settings every environment shares. What differs by installation comes from the environment."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

from crm.settings.apps import APPS

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
CRM_HOME = Path(env("CRM_HOME", default=str(BASE_DIR / "var"))).resolve()

INSTALLED_APPS = [
    "crm.apps.CrmConfig",
    *APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_include_bootstrap",
    "django_tomselect",
    "lucide",
    "pgtrigger",
    "crm.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "crm.apps.DeclarationsConfig",
]

MIDDLEWARE = [
    "crm.runtime.health.HealthMiddleware",
    "crm.runtime.client_address.ClientAddressMiddleware",
    "crm.runtime.work.RequestIdMiddleware",
    "crm.runtime.time_limits.TimeLimitsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.access.sessions.SessionsMiddleware",
    "crm.frame.expired_forms.SignInMiddleware",
    "crm.access.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "crm.frame.toasts.ToastMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.frame.frame.frame",
            ],
        },
    },
]

# Data

DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///crm")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# What crm/access/prepared.py asks is prepared the second time. None is what a pooler needs that
# lends a connection to somebody else after each transaction.
PREPARE_QUERIES = env.bool("PREPARE_QUERIES", default=True)
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 1 if PREPARE_QUERIES else None
# Such a pooler knows no cursor from one transaction to the next either.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = not PREPARE_QUERIES
# A server that is gone, or hangs, is noticed: seconds until a connection attempt and milliseconds
# until sent data that nobody acknowledges count as lost.
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": env.int("DATABASE_CONNECT_TIMEOUT", default=5),
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# Milliseconds. A lock timeout of a request bounds how long one row locked elsewhere keeps a thread.
REQUEST_TIME_LIMITS = {
    "lock_timeout": env.int("REQUEST_LOCK_TIMEOUT", default=2_000),
    "statement_timeout": env.int("REQUEST_STATEMENT_TIMEOUT", default=30_000),
}
TASK_TIME_LIMITS = {
    "lock_timeout": env.int("TASK_LOCK_TIMEOUT", default=30_000),
    "statement_timeout": env.int("TASK_STATEMENT_TIMEOUT", default=600_000),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "crm.runtime.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "crm",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

MAX_FILE_BYTES = env.int("MAX_FILE_BYTES", default=25_000_000)
MEDIA_ROOT = Path(env("FILES_DIR", default=str(CRM_HOME / "files")))

# People

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# How many proxies of one's own a request passes: the address of who calls is what the outermost
# of them wrote into X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Seconds without a request, and in all, after which a session ends.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=86_400)
SESSION_LONGEST_SECONDS = env.int("SESSION_LONGEST_SECONDS", default=1_209_600)
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "crm.frame.sign_in.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# Administrators create users; the address they enter needs no confirmation.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reset_password": "crm.frame.sign_in.NewPasswordForm"}
# Per address, user or key. The last three count wrong passwords: crm/frame/throttling.py says how.
ACCOUNT_RATE_LIMITS = {
    "login": "100/m/ip",
    "reset_password": "20/m/ip,3/15m/key",
    "login_by_address": "10/m/key",
    "login_by_pair": "5/5m/key",
    "login_by_name": "100/h/key",
}
KNOWN_BROWSER_COOKIE_NAME = "known_browser"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files and forms

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "crm.frame.stylesheet.StylesheetFinder",
]
FORM_RENDERER = "crm.frame.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail: EMAIL_URL names a server; without one, mail goes to a mailbox inside the CRM.

if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "crm.mail.local.LocalMailboxBackend"
# Seconds a mail server gets for one answer, and for one message as a whole: a server that accepts
# a connection and says nothing must not hold whoever sends.
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=15.0)
EMAIL_MESSAGE_TIMEOUT = env.float("EMAIL_MESSAGE_TIMEOUT", default=120.0)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="crm@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Test mails leave from these domains too, beside the company's, the one above and one's own.
SENDER_DOMAINS = env.list("SENDER_DOMAINS", default=[])
# Where links in mails lead; empty, it is the address by which whoever launches a mailing came.
SITE_URL = env("SITE_URL", default="")

# Security headers

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "crm.frame.expired_forms.form_expired"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}

# Background work. A task may run any number of times: it is acknowledged when done, and one that
# runs longer than the visibility timeout would be handed out twice, so the hard limit stays below.

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A request that only wants to hurry a task must not wait for a broker that is gone.
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "send-pending-mail": {"task": "crm.activities.tasks.send_pending_mail", "schedule": 60},
    "forget-old-traces": {
        "task": "crm.records.bulk.tasks.delete_old_traces",
        "schedule": 24 * 3600,
    },
    "delete-old-notifications": {
        "task": "crm.notifications.tasks.delete_old_notifications",
        "schedule": 24 * 3600,
    },
    "remind-people": {"task": "crm.notifications.tasks.remind_people", "schedule": 60},
    "mail-notifications": {"task": "crm.notifications.tasks.mail_notifications", "schedule": 60},
    "resume-jobs": {"task": "crm.records.bulk.tasks.resume_jobs", "schedule": 60},
    "resume-undos": {"task": "crm.records.history.tasks.resume_undos", "schedule": 60},
    "empty-the-bins": {"task": "crm.records.bulk.tasks.empty_the_bins", "schedule": 3600},
    "move-contracts": {"task": "service.tasks.move_contracts_by_calendar", "schedule": 15 * 60},
    "resume-imports": {"task": "crm.exchange.imports.tasks.resume_imports", "schedule": 30},
    "sweep-mailings": {"task": "marketing.tasks.sweep_mailings", "schedule": 10},
}

# Prometheus: who may collect, and the folder of the processes' counters; '' for none.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_DIR = env("METRICS_DIR", default=str(CRM_HOME / "metrics"))

# Whether /healthz answers for a worker too: where all run together it should, and where a load
# balancer asks each web process for itself it must not.
HEALTH_NEEDS_WORKER = env.bool("HEALTH_NEEDS_WORKER", default=False)

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"work": {"()": "crm.runtime.work.WorkFilter"}},
    "formatters": {
        "text": {
            "format": "{asctime} {levelname} {name} [{request_id}]: {message}",
            "style": "{",
        },
        "json": {"()": "crm.runtime.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["work"],
            "formatter": env("LOG_FORMAT", default="text"),
        },
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Some tasks run every few seconds and mostly find nothing to do.
    "loggers": {
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # what was refused has its line in crm.requests
    },
}
