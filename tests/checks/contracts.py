"""A contract for import-linter: what one app may see of another."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class SurfaceContract(Contract):
    """Of each listed app, others import only the listed modules."""

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
        app, *rest = module.split(".")
        return app in self.apps and bool(rest) and rest[0] not in self.surface  # type: ignore[operator]

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}")
