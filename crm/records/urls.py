from django.urls import path, register_converter

from crm.records.links import RecordTypeConverter
from crm.records.views import action, board, bulk, edit, export, lookup, parts, record
from crm.records.views.list import list_records
from crm.records.views.saved_views import save_view

register_converter(RecordTypeConverter, "type")

app_name = "records"

urlpatterns = [
    path("lookup/<slug:key>/", lookup.lookup, name="lookup"),
    path("files/<int:file_id>/", parts.download, name="file"),
    path("files/<int:file_id>/delete/", parts.delete_file, name="delete_file"),
    path("<type:record_type>/", list_records, name="list"),
    path("<type:record_type>/new/", edit.new_record, name="new"),
    path("<type:record_type>/duplicates/", edit.likely_duplicates, name="duplicates"),
    path("<type:record_type>/board/", board.board, name="board"),
    path("<type:record_type>/bin/", parts.bin_page, name="bin"),
    path("<type:record_type>/views/", save_view, name="save_view"),
    path("<type:record_type>/bulk/<slug:verb>/", bulk.bulk, name="bulk"),
    path("<type:record_type>/export.<str:file_format>", export.export, name="export"),
    path("<type:record_type>/<int:record_id>/", record.show_record, name="record"),
    path("<type:record_type>/<int:record_id>/edit/", edit.edit_record, name="edit"),
    path("<type:record_type>/<int:record_id>/delete/", parts.delete_record, name="delete"),
    path("<type:record_type>/<int:record_id>/compose/", parts.compose, name="compose"),
    path("<type:record_type>/<int:record_id>/files/", parts.add_file, name="add_file"),
    path("<type:record_type>/<int:record_id>/share/", parts.share, name="share"),
    path("<type:record_type>/<int:record_id>/restore/", parts.restore_field, name="restore_field"),
    path("<type:record_type>/<int:record_id>/move/", board.move_card, name="move"),
    path("<type:record_type>/<int:record_id>/<slug:action>/", action.do_action, name="action"),
]
