from django.urls import path

from crm.charts.views import show_chart

app_name = "charts"

urlpatterns = [path("<type:record_type>/chart/", show_chart, name="chart")]
