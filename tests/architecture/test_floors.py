"""The house stands: every module has its floor, imports point down, adapters do not know each other."""

from importlinter.cli import lint_imports

from tests.architecture.floors import ROOMS, ROOT, floors, graph, settings, within

ADAPTERS = {
    "the voice menu's server": ("ivr.fastagi", "ivr.line"),
    "prompts": ("ivr.prompts", "ivr.espeak", "ivr.sound"),
    "the manager interface": ("cti.ami",),
    "the pages": ("cti.api",),
    "the journal": ("acd.journal",),
    "the records": ("acd.records", "acd.archive", "acd.projection", "acd.migrations"),
    "the configuration file": ("config.loader",),
    "the dialplan": ("config.dialplan",),
}
"""Each adapter's modules; ``cti.api`` stands for ``cti.api_…`` too."""
ADAPTER_FLOOR = 3


def adapter_of(module: str) -> str | None:
    for name, modules in ADAPTERS.items():
        if any(within(module, one) or module.startswith(one + "_") for one in modules):
            return name
    return None


def test_imports_point_down_and_the_core_is_pure() -> None:
    assert lint_imports(config_filename=str(ROOT / "setup.cfg"), cache_dir=None) == 0, "lint-imports says where"


def test_every_module_has_exactly_one_floor() -> None:
    placed = [module for floor in floors() for module in floor]
    packages = {*ROOMS, "config.schema"}
    homeless = [
        module for module in graph().modules if module not in packages and sum(within(module, one) for one in placed) != 1
    ]
    assert homeless == [], "add them to the floors in setup.cfg (and to the pure ones, below floor 2)"


def test_the_pure_modules_are_those_of_floors_0_and_1() -> None:
    pure = settings()["importlinter:contract:pure"]["source_modules"].split()
    assert sorted(pure) == sorted(module for floor in floors()[:2] for module in floor)


def test_every_module_of_the_adapters_floor_belongs_to_an_adapter() -> None:
    assert [module for module in floors()[ADAPTER_FLOOR] if adapter_of(module) is None] == []


def test_adapters_never_import_each_other() -> None:
    imports = graph()
    crossing = [
        f"{importer} -> {imported}"
        for importer in imports.modules
        if (adapter := adapter_of(importer)) is not None
        for imported in imports.find_modules_directly_imported_by(importer)
        if adapter_of(imported) not in {None, adapter}
    ]
    assert crossing == []
