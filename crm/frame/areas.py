"""The area of the site map somebody works in."""

from django.http import HttpRequest, HttpResponse

from crm.frame.frame import AREA_COOKIE
from crm.registry.declaration import RecordType


def remember_area(request: HttpRequest, record_type: RecordType, response: HttpResponse) -> None:
    """A type that stands in one area only takes the reader there."""
    areas = {place.area for place in record_type.places}
    if len(areas) == 1 and request.COOKIES.get(AREA_COOKIE) not in areas:
        response.set_cookie(AREA_COOKIE, areas.pop(), samesite="Lax", httponly=True)
