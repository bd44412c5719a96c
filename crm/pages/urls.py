from django.urls import path, register_converter

from crm.pages import (
    action,
    board,
    bulk,
    cell,
    edit,
    export,
    files,
    history,
    lookup,
    merge,
    record,
    saved_views,
    sharing,
    timeline,
)
from crm.pages.arrange import arrange
from crm.pages.assign import assign_record
from crm.pages.bin import bin_page, delete_record
from crm.pages.list import list_records
from crm.registry.links import RecordTypeConverter

register_converter(RecordTypeConverter, "type")

app_name = "records"

urlpatterns = [
    path("lookup/<slug:key>/", lookup.lookup, name="lookup"),
    path("files/<int:file_id>/", files.download, name="file"),
    path("files/<int:file_id>/delete/", files.delete_file, name="delete_file"),
    path("<type:record_type>/", list_records, name="list"),
    path("<type:record_type>/new/", edit.new_record, name="new"),
    path("<type:record_type>/duplicates/", edit.likely_duplicates, name="duplicates"),
    path("<type:record_type>/board/", board.board, name="board"),
    path("<type:record_type>/bin/", bin_page, name="bin"),
    path("<type:record_type>/arrange/", arrange, name="arrange"),
    path("<type:record_type>/views/", saved_views.save_view, name="save_view"),
    path("<type:record_type>/views/pin/", saved_views.pin_view, name="pin_view"),
    path("<type:record_type>/views/<int:view_id>/", saved_views.change_view, name="change_view"),
    path("<type:record_type>/bulk/<slug:verb>/", bulk.bulk, name="bulk"),
    path("<type:record_type>/merge/", merge.merge_page, name="merge"),
    path("<type:record_type>/export.<str:file_format>", export.export, name="export"),
    path("<type:record_type>/<int:record_id>/", record.show_record, name="record"),
    path("<type:record_type>/<int:record_id>/edit/", edit.edit_record, name="edit"),
    path("<type:record_type>/<int:record_id>/cell/<slug:column>/", cell.edit_cell, name="cell"),
    path("<type:record_type>/<int:record_id>/delete/", delete_record, name="delete"),
    path("<type:record_type>/<int:record_id>/assign/", assign_record, name="assign"),
    path("<type:record_type>/<int:record_id>/compose/", timeline.compose, name="compose"),
    path("<type:record_type>/<int:record_id>/timeline/", timeline.show_timeline, name="timeline"),
    path("<type:record_type>/<int:record_id>/files/", files.add_file, name="add_file"),
    path("<type:record_type>/<int:record_id>/share/", sharing.share, name="share"),
    path("<type:record_type>/<int:record_id>/restore/", history.restore, name="restore_field"),
    path("<type:record_type>/<int:record_id>/merge/", merge.choose_others, name="merge_with"),
    path("<type:record_type>/<int:record_id>/move/", board.move_card, name="move"),
    path("<type:record_type>/<int:record_id>/<slug:action>/", action.do_action, name="action"),
]
