import types

import pytest

import twopop
from twopop import Finding, NameField, fail, hookimpl, hookspecs
from twopop.errors import EditorError, PluginError
from twopop.plugins import Contribution, Plugin, Plugins


def plugin_of(name, layer="project", **hooks):
    module = types.ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module, Plugin(name, layer, f"{name}.py", "1.2")


def plugins_of(*made):
    plugins = Plugins()
    for module, plugin in made:
        plugins.register(module, plugin)
    return plugins


def field(value):
    return [NameField(name="a", value=value)]


def test_each_contribution_carries_its_plugin_and_layers_come_in_order():
    plugins = plugins_of(
        plugin_of("zeta", "built-in", name_fields=lambda: field("z")),
        plugin_of("beta", "studio", name_fields=lambda: field("b")),
        plugin_of("alpha", "studio", name_fields=lambda: field("a")),
        plugin_of("mid", "site", name_fields=lambda: None),
    )
    given, failed = plugins.collect("name_fields", order=1, program=2, variant=3, spec=4)
    assert [(g.plugin, g.layer, g.value.value) for g in given] == [
        ("zeta", "built-in", "z"), ("alpha", "studio", "a"), ("beta", "studio", "b"),
    ]  # fmt: skip
    assert failed == []


def test_the_innermost_answer_decides():
    version = twopop.Version(number=7)
    plugins = plugins_of(
        plugin_of("house", "built-in", next_version=lambda: twopop.Version(number=1)),
        plugin_of("silent", "project", next_version=lambda: None),
        plugin_of("studio", "studio", next_version=lambda: version),
    )
    answer = plugins.decide("next_version", history=(), content="", variant=None, spec=None)
    assert answer == Contribution("studio", "studio", version)


def test_nobody_decides():
    assert plugins_of().decide("next_version", history=(), content="", variant=None, spec=None) is None


def test_a_plugin_gets_only_the_arguments_it_names():
    def check_plan(plan):
        return [fail("x", plan)]

    plugins = plugins_of(plugin_of("one", check_plan=check_plan))
    given, _ = plugins.collect("check_plan", plan="the plan", program=None, settings=None)
    assert given[0].value.message == "the plan"


def test_a_raising_plugin_is_named_and_the_others_still_answer():
    def check_plan():
        raise ZeroDivisionError("division by zero")

    plugins = plugins_of(
        plugin_of("bad", check_plan=check_plan), plugin_of("good", check_plan=lambda: [fail("x", "seen")])
    )
    given, failed = plugins.collect("check_plan", plan=None, program=None, settings=None)
    assert [g.plugin for g in given] == ["good"]
    (failure,) = failed
    line = check_plan.__code__.co_firstlineno + 1
    assert (failure.plugin, failure.version, failure.hook) == ("bad", "1.2", "check_plan")
    assert failure.place == f"{__file__}:{line}"
    assert "ZeroDivisionError" in failure.error
    assert failure.finding().severity == "fail"


def test_a_failing_decision_is_never_passed_over():
    def next_version():
        raise KeyError("client")

    plugins = plugins_of(
        plugin_of("house", "built-in", next_version=lambda: twopop.Version(number=1)),
        plugin_of("bad", "studio", next_version=next_version),
    )
    with pytest.raises(PluginError, match=r"'bad' 1\.2 failed in next_version at .*test_plugins\.py:\d+"):
        plugins.decide("next_version", history=(), content="", variant=None, spec=None)


def test_a_plugin_may_tell_the_editor():
    def fit_cutdown():
        raise EditorError("There is no marker.")

    with pytest.raises(EditorError, match="no marker"):
        plugins_of(plugin_of("p", fit_cutdown=fit_cutdown)).decide("fit_cutdown", order=0, program=0, duration="6s")


@pytest.mark.parametrize(
    ("hook", "value", "words"),
    [
        ("check_plan", "all good", "'all good' (str) where a list of Finding is expected"),
        ("check_plan", [1], "[1] (list) where a list of Finding is expected"),
        ("next_version", 3, "3 (int) where Version is expected"),
        ("rendered", True, "True where nothing is expected"),
    ],
)
def test_a_wrong_result_is_named(hook, value, words):
    plugins = plugins_of(plugin_of("p", **{hook: lambda: value}))
    facts = dict.fromkeys(hookspecs.__dict__[hook].__code__.co_varnames)
    if hook == "next_version":
        with pytest.raises(PluginError, match=r"3 \(int\) where Version is expected"):
            plugins.decide(hook, **facts)
        return
    failed = plugins.notify(hook, **facts) if hook == "rendered" else plugins.collect(hook, **facts)[1]
    assert words in failed[0].error


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("nam_fields", lambda: [], "no hook 'nam_fields'. Did you mean 'name_fields'?"),
        ("name_fields", lambda oder: [], "no argument 'oder'. Did you mean 'order'?"),
        ("name_fields", lambda order=None: [], "must not have a default"),
        ("xyzzy", lambda: [], "There are: check_file"),
    ],
)
def test_a_misfit_is_an_error_at_load(name, function, words):
    module, plugin = plugin_of("p", **{name: function})
    with pytest.raises(PluginError) as caught:
        Plugins().register(module, plugin)
    assert words in str(caught.value)
    assert "test_plugins.py:" in str(caught.value)


def test_wrappers_and_orders_of_ones_own_are_refused():
    module = types.ModuleType("p")
    module.name_fields = hookimpl(tryfirst=True)(lambda: [])
    with pytest.raises(PluginError, match="layers decide"):
        Plugins().register(module, Plugin("p", "project", "p.py"))


def test_a_plugin_without_hooks_is_an_error():
    with pytest.raises(PluginError, match="@hookimpl"):
        Plugins().register(types.ModuleType("p"), Plugin("p", "project", "p.py"))


def test_the_trace_shows_each_call(monkeypatch, capsys):
    monkeypatch.setenv("TWOPOP_TRACE", "1")
    plugins = plugins_of(plugin_of("tracer", name_fields=lambda: field("seen")))
    plugins.collect("name_fields", order=1, program=2, variant=3, spec=4)
    line = capsys.readouterr().err
    assert "name_fields" in line
    assert "tracer" in line
    assert " ms " in line
    assert "seen" in line


@pytest.mark.parametrize("hook", sorted(n for n, f in vars(hookspecs).items() if hasattr(f, "twopop_spec")))
def test_every_hook_tells_its_kind_its_caller_and_an_example(hook):
    text = hookspecs.__dict__[hook].__doc__
    kinds = {
        "decide": "Kind: decide. The first result that is not None wins, innermost layer first.",
        "contribute": "Kind: contribute. All plugins are asked and all results are collected.",
        "notify": "Kind: notify. All plugins are told; nothing is returned.",
    }
    assert sum(sentence in text for sentence in kinds.values()) == 1
    assert "Called " in text
    assert "Example::" in text
    assert "@hookimpl" in text


def test_every_type_in_a_hook_is_a_public_name():
    plugins = Plugins()
    assert plugins._results["check_plan"] == list[Finding]
    assert all(result is not None for result in plugins._results.values())
