from twopop.legal.embedding import embedded
from twopop.legal.metadata import fields_for, words_of
from twopop.legal.model import LegalField, LegalWords
from twopop.variants.model import Variant

WORDS = LegalWords(copyright="(c) House", creator="House", ad_id="ABCD1234000H", clearance="CL-7")
FIELDS = fields_for({"title": "Spot", "comment": "for air"}, Variant(duration="30s", aspect="16:9"), WORDS)


def test_mp4_keeps_identifiers_in_the_comment() -> None:
    assert embedded(FIELDS, "mp4") == {
        "title": "Spot (30s 16:9)",
        "copyright": "(c) House",
        "artist": "House",
        "comment": "for air; Ad-ID: ABCD1234000H; Clearance: CL-7",
    }


def test_mov_keeps_them_under_keys_of_their_own_as_well() -> None:
    made = embedded(FIELDS, "mov")
    assert made["comment"] == "for air; Ad-ID: ABCD1234000H; Clearance: CL-7"
    assert made["org.twopop.ad_id"] == "ABCD1234000H"
    assert made["org.twopop.clearance"] == "CL-7"


def test_mxf_keeps_one_name_the_most_exact_there_is() -> None:
    assert embedded(FIELDS, "mxf") == {"material_package_name": "ABCD1234000H"}
    assert embedded([LegalField(key="title", value="Spot")], "mxf") == {"material_package_name": "Spot"}
    assert embedded([LegalField(key="copyright", value="x")], "mxf") == {}


def test_keys_of_plugins_are_written_as_they_are_and_pictures_get_none() -> None:
    field = LegalField(key="com.house.job", value="7")
    assert embedded([field], "mp4") == {"com.house.job": "7"}
    assert embedded([field], "gif") == {}


def test_a_market_speaks_before_a_length_and_that_before_the_general_word() -> None:
    general = LegalWords(ad_id="GENERAL", copyright="(c)")
    lengths = {"30s": LegalWords(ad_id="LENGTH", clock="L"), "15s": LegalWords(ad_id="OTHER")}
    markets = {"US": LegalWords(ad_id="MARKET")}

    def of(duration: str, market: str = "") -> tuple[str, str, str]:
        said = words_of(general, lengths, markets, Variant(duration=duration, aspect="1:1", market=market))
        return said.ad_id, said.clock, said.copyright

    assert of("30s", "US") == ("MARKET", "L", "(c)")
    assert of("30s") == ("LENGTH", "L", "(c)")
    assert of("full") == ("GENERAL", "", "(c)")
