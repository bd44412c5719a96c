from django.urls import path

from crm.pages import jobs

app_name = "jobs"

urlpatterns = [
    path("", jobs.my_jobs, name="list"),
    path("<int:job_id>/", jobs.job, name="job"),
    path("<int:job_id>/undo/", jobs.undo, name="undo"),
]
