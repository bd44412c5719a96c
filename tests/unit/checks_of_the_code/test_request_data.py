import pytest

from tests.checks.request_data import faults, main


@pytest.mark.parametrize(
    "source",
    [
        "Lead.objects.filter(**request.GET.dict())",
        "Lead.objects.filter(**{request.GET['field']: 1})",
        "leads.order_by(request.GET['sort'])",
        "leads.exclude(Q(**self.request.POST))",
        "Q(**request.POST.dict())",
        "leads.values(*request.GET.getlist('column'))",
    ],
)
def test_column_names_from_a_request_are_found(source):
    assert set(faults(f"\n{source}\n")) == {2}


@pytest.mark.parametrize(
    "source",
    [
        "Lead.objects.filter(name=request.GET['name'])",
        "request.GET.get('page')",
        "request.POST.dict().get('next')",
        "leads.order_by(*chosen.sort_keys)",
    ],
)
def test_values_and_declared_names_pass(source):
    assert list(faults(source)) == []


def test_a_fault_fails_the_check_and_is_named_with_its_line(tmp_path, capsys):
    view = tmp_path / "leads" / "views.py"
    view.parent.mkdir()
    view.write_text("def show(request):\n    return Lead.objects.filter(**request.GET)\n")
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == "leads/views.py:2: request data names columns of a query\n"
