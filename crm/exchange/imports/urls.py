from django.urls import path

from crm.exchange.imports import views

app_name = "imports"

urlpatterns = [
    path("", views.my_imports, name="list"),
    path("new/<str:target>/", views.upload, name="new"),
    path("<int:job_id>/", views.job, name="job"),
    path("<int:job_id>/map/", views.save_mapping, name="map"),
    path("<int:job_id>/check/", views.check, name="check"),
    path("<int:job_id>/run/", views.run, name="run"),
    path("<int:job_id>/undo/", views.undo, name="undo"),
    path("<int:job_id>/values/", views.save_value, name="value"),
    path("<int:job_id>/repair.csv", views.repair, name="repair"),
]
