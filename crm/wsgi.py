import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.production")

application = get_wsgi_application()

# The declarations are loaded now, and a web server runs no system checks.
from crm.extensions.checks import refuse_wrong_declarations  # noqa: E402

refuse_wrong_declarations()

from crm.runtime.metrics import forget_ended_processes  # noqa: E402

forget_ended_processes()
