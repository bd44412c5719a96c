"""What the machine allows: a bare page of 50 rows by index behind the same middleware."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

TABLE = """
<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table>
"""
QUERY = """
SELECT id, name, number, relationship, city, phone, modified_at, owner_id
FROM accounts_account ORDER BY modified_at DESC, id DESC LIMIT 50
"""


def floor_page(request: HttpRequest) -> HttpResponse:
    """Session, log-in and CSRF as for any page; one indexed query; a 50 x 8 table."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        rows = cursor.fetchall()
    template = engines["django"].from_string(TABLE)
    return HttpResponse(template.render({"rows": rows}, request))
