"""Signing and reading back, with certificates made for the test; the library reads what the library of C2PA wrote."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

from twopop.errors import EditorError, StudioError
from twopop.package.credentials import House, read_credentials, sign
from twopop.package.description import Description
from twopop.time import Rate

if importlib.util.find_spec("c2pa") is None:
    pytest.skip("c2pa-python is not installed", allow_module_level=True)

from house_certificates import make_house

TOLD = Description(title="Spot", identifiers={"Ad-ID": "ABCD1234000H"}, frames=25, rate=Rate(25), size=(64, 64))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, Path]:
    chain, key, anchors = make_house(tmp_path_factory.mktemp("house"))
    return House(certificates=chain, key=key, version="0"), anchors


@pytest.fixture(scope="module", params=["mp4", "mov"])
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ffmpeg: Path) -> Path:
    path = tmp_path_factory.mktemp("plain") / f"spot.{request.param}"
    source = ["-f", "lavfi", "-i", "testsrc=size=64x64:duration=1"]
    subprocess.run([ffmpeg, "-v", "error", *source, "-pix_fmt", "yuv420p", path], check=True)
    return path


@pytest.fixture(scope="module")
def signed(plain: Path, house: tuple[House, Path]) -> Path:
    path = plain.with_name(f"signed{plain.suffix}")
    sign(plain, path, TOLD, plain.suffix[1:], house[0])
    return path


def test_a_signed_file_is_valid_and_trusted_only_by_those_who_know_the_anchor(
    signed: Path, house: tuple[House, Path]
) -> None:
    alone, known = read_credentials(signed), read_credentials(signed, house[1])
    assert (alone.state, alone.problems) == ("valid", ("signingCredential.untrusted",))
    assert (known.state, known.signer, known.title, known.problems) == ("trusted", "House of Tests", "Spot", ())


def test_one_changed_bit_is_seen(signed: Path, house: tuple[House, Path], tmp_path: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[content.rfind(b"mdat") + 200] ^= 1
    path = tmp_path / signed.name
    path.write_bytes(content)
    read = read_credentials(path, house[1])
    assert (read.state, read.problems) == ("invalid", ("assertion.bmffHash.mismatch",))


def test_copying_the_packets_takes_the_signature_off(signed: Path, ffmpeg: Path, tmp_path: Path) -> None:
    path = tmp_path / signed.name
    subprocess.run([ffmpeg, "-v", "error", "-i", signed, "-c", "copy", path], check=True)
    assert read_credentials(path).state == "none"


def test_the_picture_stays_as_it_was(signed: Path, plain: Path, ffmpeg: Path) -> None:
    def frames(path: Path) -> bytes:
        return subprocess.run([ffmpeg, "-v", "error", "-i", path, "-f", "framemd5", "-"], capture_output=True,
                              check=True).stdout  # fmt: skip

    assert frames(signed) == frames(plain)


def test_mxf_cannot_be_signed(plain: Path, house: tuple[House, Path], tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="mxf"):
        sign(plain, tmp_path / "x.mxf", TOLD, "mxf", house[0])


def test_keys_that_do_not_fit_or_are_not_there_are_told_and_leave_nothing(
    plain: Path, house: tuple[House, Path], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    _, other, _ = make_house(tmp_path / "other")
    out = tmp_path / plain.name
    for key in (other, tmp_path / "none.pem"):
        with pytest.raises(StudioError):
            sign(plain, out, TOLD, plain.suffix[1:], House(certificates=house[0].certificates, key=key, version="0"))
        assert not out.exists()
