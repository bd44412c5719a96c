from django.urls import path

from crm.search.views import search_everything

app_name = "search"

urlpatterns = [path("", search_everything, name="search")]
