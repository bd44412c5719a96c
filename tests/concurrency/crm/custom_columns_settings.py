"""The settings of tests, with an app that defines columns."""

from crm.settings.test import *  # noqa: F403
from crm.settings.test import INSTALLED_APPS

INSTALLED_APPS = ["tests.concurrency.crm.custom_columns.CustomColumns", *INSTALLED_APPS]
