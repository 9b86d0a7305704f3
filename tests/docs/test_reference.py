"""The hook reference holds every hook as hookspecs.py says it, and every example in it is a plugin that loads."""

import builtins
import dis
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import CodeType, ModuleType

import pytest

import twopop
from twopop import hookspecs
from twopop.plugins import Plugin, Plugins

BUILDER = Path(__file__).parents[2] / "docs" / "build_reference.py"
HOOKS = sorted(name for name, value in vars(hookspecs).items() if hasattr(value, "twopop_spec"))

#: What the examples may use: the public names, what they import in words, and the studio's own things.
IMPORTS = "import logging, msgspec\nfrom fractions import Fraction\nfrom pathlib import Path\nfrom twopop import *\n"
STUDIO = {"Farm", "FarmSettings", "count_files", "log", "look_for_resolve", "Resolve", "post_to_chat", "read_house_cut"}


@pytest.fixture(scope="module")
def builder():
    spec = importlib.util.spec_from_file_location("build_reference", BUILDER)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def chapters(builder):
    """{hook: its chapter of the reference}."""
    pieces = re.split(r"^### (\w+)$", builder.markdown(), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def test_the_reference_holds_every_hook_in_the_order_of_a_delivery(chapters):
    in_source = re.findall(r"^def (\w+)\(", inspect.getsource(hookspecs), re.MULTILINE)
    assert list(chapters) == in_source
    assert sorted(chapters) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_stands_there_with_signature_kind_and_example(chapters, hook):
    function = getattr(hookspecs, hook)
    signature = inspect.signature(function)
    arguments = ", ".join(f"{name}: {parameter.annotation}" for name, parameter in signature.parameters.items())
    assert f"```python\n{hook}({arguments}) -> {signature.return_annotation}\n```" in chapters[hook]
    wanted = signature.return_annotation
    kind = "notify" if wanted == "None" else "contribute" if wanted.startswith("list[") else "decide"
    assert f"Kind: {kind}." in chapters[hook]
    assert f"def {hook}(" in chapters[hook].rpartition("```python")[2]
    first_line = inspect.getdoc(function).splitlines()[0].replace("``", "`")
    assert first_line in chapters[hook]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_loads_as_a_plugin(builder, hook):
    example = next(each.example for each in builder.hooks() if each.name == hook)
    module = ModuleType("example")
    code = compile(IMPORTS + example, f"example of {hook}", "exec")
    exec(code, vars(module))  # noqa: S102 - the text is our own documentation
    plugins = Plugins()
    plugins.register(module, Plugin("example", "project", "hookspecs.py"))
    assert hook in plugins.found[0].hooks
    unknown = set(_globals(code)) - set(vars(module)) - set(vars(builtins)) - STUDIO - {"__file__"}
    assert not unknown, "names that an example uses and nobody gives"


def test_the_examples_need_no_more_of_the_studio_than_is_listed_here(builder):
    used = {name for each in builder.hooks() for name in _globals(compile(each.example, each.name, "exec"))}
    assert used >= STUDIO


def _globals(code: CodeType):
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)


def test_every_type_that_a_hook_names_can_be_imported_from_twopop():
    for hook in HOOKS:
        words = " ".join(map(str, getattr(hookspecs, hook).__annotations__.values()))
        for name in re.findall(r"\b[A-Z]\w+", words):
            assert name in ("None", "Path") or name in twopop.__all__, f"{hook}: {name}"


def test_the_builder_writes_the_reference_where_it_is_told(tmp_path):
    out = tmp_path / "build" / "hooks.md"
    subprocess.run([sys.executable, str(BUILDER), str(out)], check=True, capture_output=True)
    assert out.read_text("utf-8").startswith("# Hooks\n")
