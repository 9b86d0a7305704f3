"""The conventions that come along, against the examples and rules that their owners publish."""

import datetime

import pytest

from twopop import schema
from twopop.errors import InputError
from twopop.naming.conventions import Convention, Naming, Rule, Scheme, networks, shipped, shortest_limit
from twopop.naming.forms import Code, Text, Version
from twopop.naming.house import convention_findings, filled, how_to_give, rule_findings
from twopop.naming.identifiers import clock_seconds

DAY = datetime.date(2026, 11, 22)


def scheme(name: str) -> Scheme:
    return Naming(convention=name).chosen("any-spec")


@pytest.mark.parametrize("name", shipped())
def test_every_convention_can_be_read_back_and_says_what_it_is(name: str) -> None:
    chosen = scheme(name)
    assert chosen.stem_grammar({}).fields
    assert chosen.folder_grammar({}) is not None
    assert chosen.convention.title
    assert chosen.convention.source or name == "plain"


#: (convention, a published name, what it says). Sources stand in the conventions' files.
PUBLISHED = [
    ("ad-id", "ABCD1234000", {"ad_id": "ABCD1234000"}),
    ("ad-id", "ABCD1234000H", {"ad_id": "ABCD1234000H"}),
    ("ad-id", "ABCD1234000D", {"ad_id": "ABCD1234000D"}),
    ("ad-id", "ABCD1Y7W000", {"ad_id": "ABCD1Y7W000"}),
    ("ad-id", "ABCD45TEHJ8", {"ad_id": "ABCD45TEHJ8"}),
    ("uk-clock", "AAA_BBBB000_000", {"clock": "AAA/BBBB000/000"}),
    ("uk-clock", "AAA_BBBB12_1800", {"clock": "AAA/BBBB12/1800"}),
    (
        "isdcf",
        "TheTitle_FTR-1_S_EN-XX_US-PG_51-HI-VI_4K_ST_20261122_FAC_SMPTE_OV",
        {
            "title": "TheTitle", "content": "FTR-1", "picture": "S", "language": "en", "territory": "US",
            "rating": "PG", "sound": "51-HI-VI", "resolution": "4K", "studio": "ST", "date": DAY, "facility": "FAC",
            "standard": "SMPTE", "package": "OV",
        },
    ),
    (
        "isdcf",
        "MovieTitle_FTR_F_EN-XX_INT_51_2K_NULL_20230622_NUL_SMPTE_OV",
        {
            "title": "MovieTitle", "content": "FTR", "picture": "F", "language": "en", "territory": "INT",
            "sound": "51", "resolution": "2K", "date": datetime.date(2023, 6, 22), "facility": "NUL",
            "standard": "SMPTE", "package": "OV",
        },
    ),
    (
        "netflix-sound",
        "chefs_table_s02e02_v04_PM_Nearfield_2ch_48k_24b_23976.L",
        {
            "title": "chefs_table", "episode": "s02e02", "version": 4, "asset": "PM", "soundfield": "nearfield",
            "channels": "stereo", "sample_rate": "48000", "bit_depth": "24", "frame_rate": "24000/1001",
            "channel": "L",
        },
    ),
    (
        "netflix-sound",
        "chefs_table_s02e02_v03_FXSTEM_6ch_48k_24b_23976.LFE",
        {
            "title": "chefs_table", "episode": "s02e02", "version": 3, "asset": "FXSTEM", "channels": "5.1",
            "sample_rate": "48000", "bit_depth": "24", "frame_rate": "24000/1001", "channel": "LFE",
        },
    ),
    (
        "agency",
        "CLIENT_CAMPAIGN_TITLE_30_16x9_ENUS_v03_20261122",
        {
            "client": "CLIENT", "campaign": "CAMPAIGN", "title": "TITLE", "duration": "30s", "aspect": "16:9",
            "language": "en-US", "version": 3, "date": DAY,
        },
    ),
    (
        "netflix",
        "Title_S01E02_VDM_16bit_SDR_Rec709_20261122_v2",
        {
            "title": "Title", "episode": "S01E02", "asset": "VDM", "bits": "16", "range": "SDR", "colour": "Rec.709",
            "date": DAY, "version": 2,
        },
    ),
    (
        "netflix",
        "Title_GAM_20261122.0001001",
        {"title": "Title", "asset": "GAM", "date": DAY, "version": 1, "frame": 1001},
    ),
    (
        "frames",
        "SHOW_SEQ_SHOT_comp_v003.1001",
        {"show": "SHOW", "sequence": "SEQ", "shot": "SHOT", "task": "comp", "version": 3, "frame": 1001},
    ),
    (
        "frames",
        "SHOW_SEQ_SHOT_comp_v003.####",
        {"show": "SHOW", "sequence": "SEQ", "shot": "SHOT", "task": "comp", "version": 3, "frame": "####"},
    ),
    (
        "stems",
        "Days_DX_en_v002_51",
        {"title": "Days", "stem": "dialogue", "language": "en", "version": 2, "layout": "5.1"},
    ),
    ("stems", "Days_MIX_v002_LR", {"title": "Days", "stem": "mix", "version": 2, "layout": "stereo"}),
    ("us-spot", "HL0417A30H", {"spot": "HL0417A30"}),
]  # fmt: skip


@pytest.mark.parametrize(("convention", "name", "values"), PUBLISHED, ids=[name for _, name, _ in PUBLISHED])
def test_a_published_name_is_read_and_written_as_it_stands(convention, name, values) -> None:
    grammar = scheme(convention).stem_grammar({})
    assert grammar.read(name) == values
    assert grammar.write(values) == name


@pytest.mark.parametrize(
    ("convention", "name"),
    [
        ("ad-id", "0BCD1234000H"),  # a prefix does not begin with zero
        ("ad-id", "ABCD1234000X"),  # the twelfth character is H or D only
        ("ad-id", "ABCD123400"),  # ten characters
        ("ad-id", "ABCD1234000HD"),  # thirteen
        ("ad-id", "abcd1234000h"),
        ("uk-clock", "AA_BBBB000_000"),
        ("uk-clock", "AAA_BBBB000_0000"),  # four digits of seconds go with two of the version
        ("uk-clock", "AAA_BBBB00_000"),
        ("uk-clock", "AAA_BBB0000000_000"),
        ("us-spot", "HL0417HH"),
        ("us-spot", "HL0417A30"),
        ("us-spot", "HL-0417H"),
        ("us-spot", "ABCDEFGHIJKLMH"),
        ("isdcf", "TheTitle_FTR-1_S_EN-XX_US-PG_51_4K_20261122_FAC_SMPTE_OV"),  # a field left out, not NULL
        ("stems", "Days_DX_v002_6ch"),
        ("frames", "SHOW_SEQ_SHOT_comp_v003.1"),
    ],
)
def test_a_name_against_the_published_rules_is_refused(convention: str, name: str) -> None:
    with pytest.raises(InputError, match="no name of this template"):
        scheme(convention).stem_grammar({}).read(name)


@pytest.mark.parametrize(("clock", "seconds"), [("AAA/BBBB000/030", 30), ("AAA/BBBB12/1800", 1800)])
def test_a_clock_number_says_its_seconds(clock: str, seconds: int) -> None:
    assert clock_seconds(clock) == seconds
    with pytest.raises(ValueError, match="no clock number"):
        clock_seconds(clock[:-2])


def test_ad_ids_and_clock_numbers_say_that_only_the_registry_knows() -> None:
    assert "registry" in shipped()["ad-id"].note
    assert "Clearcast" in shipped()["uk-clock"].note


def test_the_limits_of_us_networks_are_those_published() -> None:
    assert networks() == {
        "ABC": 13, "ESPN": 13, "NBC": 15, "FOX": 15, "CBS": 20, "DIRECTV": 20, "AT&T AdWorks": 20, "Discovery": 25,
    }  # fmt: skip
    assert shortest_limit(["CBS", "NBC"]) == ("NBC", 15)


@pytest.mark.parametrize(
    ("rule", "stem", "said"),
    [
        (Rule(networks=("NBC", "CBS")), "A" * 15, []),
        (Rule(networks=("NBC", "CBS")), "A" * 16, ["NBC takes 15 characters"]),
        (Rule(networks=("ABC",)), "HL_0417", ["letters and digits"]),
        (Rule(networks=("ABC",)), "HL0417HH", ["ends in HH"]),
        (Rule(longest=5), "Harbour", ["takes 5 characters"]),
        (Rule(form="[A-Z][a-z]*"), "harbour", ["has not the form"]),
        (Rule(specs=("other",), longest=1), "Harbour", []),
    ],
)
def test_house_rules_are_laid_on_top(rule: Rule, stem: str, said: list[str]) -> None:
    found = rule_findings(rule, "social-h264", stem, "30s 16:9")
    assert len(found) == len(said)
    for finding, words in zip(found, said, strict=True):
        assert words in finding.message
        assert (finding.where, finding.severity) == ("30s 16:9", "fail")


def test_a_name_that_is_longer_than_its_convention_takes_is_stopped_where_the_rule_is_official() -> None:
    official = Convention(template="{{title}}", longest=12, confidence="official", source="the owner")
    (found,) = convention_findings("ad-id", official, "A" * 13, "30s")
    assert (found.severity, found.measured, found.limit) == ("fail", "13 characters", "12 characters")
    hearsay = Convention(template="{{title}}", longest=12, confidence="secondary")
    assert convention_findings("x", hearsay, "A" * 13, "30s")[0].severity == "warn"
    assert convention_findings("x", hearsay, "A" * 12, "30s") == []


def test_a_house_replaces_parts_of_a_convention_and_has_its_own() -> None:
    own = Convention(template="{{code}}_{{version}}", folder="", fields={"code": Text(case="upper", most=6)})
    naming = Naming(
        convention="house",
        folder="{{client}}/{{spec}}",
        fields={"code": Code(form="[A-Z]{2}[0-9]{4}")},
        specs={"broadcast-prores": "uk-clock"},
        conventions={"house": own},
    )
    chosen = naming.chosen("social-h264")
    assert (chosen.template, chosen.folder) == ("{{code}}_{{version}}", "{{client}}/{{spec}}")
    assert chosen.fields["code"] == Code(form="[A-Z]{2}[0-9]{4}")
    assert naming.chosen("broadcast-prores").template == "{{clock}}"
    assert naming.chosen("broadcast-prores").folder == "{{spec}}/{{aspect}}"
    assert [each.name for each in naming.schemes()] == ["house", "uk-clock"]


def test_a_version_counted_in_rounds_is_written_by_conventions_that_speak_of_numbers() -> None:
    grammar = scheme("agency").stem_grammar({"version": Version(rounds=True)})
    words = {"client": "A", "title": "B", "duration": "30s", "aspect": "1:1", "version": "2.1", "date": "2026-11-22"}
    assert filled(grammar, dict.fromkeys(grammar.fields, "") | words) == "A_B_30_1x1_v2.1_20261122"


def test_a_convention_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="mean 'agency'") as caught:
        Naming(convention="agencie").chosen("x")
    assert "uk-clock" in caught.value.remedy


def test_what_a_rule_cannot_mean_is_refused_with_its_place() -> None:
    for table, said in (({"networks": ["HBO"]}, "no network 'HBO'"), ({"form": "["}, "not closed")):
        with pytest.raises(InputError, match=said):
            schema.from_builtins({"rules": [table]}, Naming, where="twopop.toml")


def test_missing_values_are_told_all_at_once_with_what_to_write_where() -> None:
    grammar = scheme("agency").stem_grammar({})
    words = dict.fromkeys(grammar.fields, "") | {"client": "A", "title": "B", "duration": "30s", "version": "1"}
    with pytest.raises(InputError, match="'aspect' and 'date' have no value") as caught:
        filled(grammar, words)
    assert "date = 2026-11-22" in caught.value.remedy
    assert "[[fields]]" in how_to_give("clock")
