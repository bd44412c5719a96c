"""The apps of the product, the lowest first: each may import those before it.

The one list of them. Settings, static checks and the translations' collector read it; what can't
read Python (`pyproject.toml`) is held equal by `tests/checks/app_list.py`.
"""

APPS = ("accounts", "opportunities", "leads", "sales_docs", "cases", "marketing", "service")
ROOMS = ("crm", *APPS)  # the kernel and the apps
