"""Content credentials through a whole delivery: signed last, read back, hashed, and told what they are worth."""

import importlib.util
from pathlib import Path

import pytest

from delivery.test_metadata import project
from twopop.cli import main

if importlib.util.find_spec("c2pa") is None:
    pytest.skip("c2pa-python is not installed", allow_module_level=True)

from package.house_certificates import make_house
from twopop.package.credentials import read_credentials


def settings(folder: Path, *specs: str, key: str = "key.pem") -> None:
    make_house(folder)
    (folder / "twopop.toml").write_text(
        f'[c2pa]\nspecs = {list(specs)}\ncertificates = "chain.pem"\nkey = "{key}"\nanchors = "anchors.pem"\n'
    )


def only(order: Path, *specs: str) -> Path:
    text = order.read_text("utf-8")
    order.write_text(text.replace('"review-h264", "prores-proxy-mov", "dnxhr-lb-mxf"', str(list(specs))[1:-1]), "utf-8")
    return order


def test_a_delivery_is_signed_last_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(tmp_path, "review-h264")
    assert main(["deliver", str(only(project(tmp_path), "review-h264"))]) == 0
    said = capsys.readouterr().out
    assert "Signed by House of Tests" in said
    (path,) = (tmp_path / "delivery").rglob("*.mp4")
    read = read_credentials(path, tmp_path / "anchors.pem")
    assert (read.state, read.title) == ("trusted", "Colours (full 1:1)")
    assert main(["verify", str(tmp_path / "delivery")]) == 0
    assert main(["deliver", str(tmp_path / "order.toml")]) == 0
    assert "1 unchanged" in capsys.readouterr().out


def test_a_container_that_cannot_be_signed_is_told_in_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, "dnxhr-lb-mxf")
    assert main(["plan", str(only(project(tmp_path), "dnxhr-lb-mxf"))]) == 1
    assert "cannot carry content credentials" in capsys.readouterr().out


def test_a_key_that_is_gone_stops_the_file_in_words_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, "review-h264", key="gone.pem")
    assert main(["deliver", str(only(project(tmp_path), "review-h264"))]) == 3
    assert "The certificate or its key cannot be read" in capsys.readouterr().out
    left = [path.name for path in (tmp_path / "delivery").rglob("*") if path.suffix in (".mp4", ".xmp")]
    assert left == []
