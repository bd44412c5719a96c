"""A contract for import-linter: what one app may see of another."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class SurfaceContract(Contract):
    """Of each listed app, others import only the listed modules and what is inside them."""

    type_name = "surface"

    apps = fields.ListField(subfield=fields.StringField())
    surface = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        broken = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if self.is_inside(imported)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if importer.split(".")[0] != imported.split(".")[0]
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def is_inside(self, module: str) -> bool:
        """Whether the module is one that only its own app may import."""
        app, _dot, inner = module.partition(".")
        if app not in self.apps or not inner:  # type: ignore[operator]
            return False
        return not any(
            inner == shown or inner.startswith(f"{shown}.")
            for shown in self.surface  # type: ignore[attr-defined]
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}")
