import grimp

from tests.checks.contracts import SurfaceContract


def contract() -> SurfaceContract:
    return SurfaceContract(
        name="surface",
        session_options={},
        contract_options={"apps": ["accounts", "leads"], "surface": ["models", "services"]},
    )


def graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    made = grimp.ImportGraph()
    for importer, imported in imports:
        made.add_import(importer=importer, imported=imported)
    return made


def test_an_app_may_use_the_models_and_services_of_another():
    imports = [("leads.rules", "accounts.models"), ("leads.services", "accounts.services.merge")]
    assert contract().check(graph(*imports), verbose=False).kept is True


def test_an_app_may_not_reach_behind_the_surface_of_another():
    check = contract().check(graph(("leads.views", "accounts.forms")), verbose=False)
    assert check.kept is False
    assert check.metadata == {"broken": [("leads.views", "accounts.forms")]}


def test_inside_an_app_the_surface_means_nothing():
    assert contract().check(graph(("accounts.views", "accounts.forms")), verbose=False).kept is True
