"""The product's addresses and, beside them, the page floor."""

from django.urls import path

from crm.urls import urlpatterns as product
from tests.bench.floor import floor_page

urlpatterns = [path("bench-floor/", floor_page), *product]
