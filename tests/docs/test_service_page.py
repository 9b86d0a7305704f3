"""The table of methods in docs/service.md is that of the code."""

import re
from pathlib import Path

from twopop.service.methods import METHODS
from twopop.service.rpc import Code

PAGE = (Path(__file__).parents[2] / "docs" / "service.md").read_text("utf-8")


def test_every_method_stands_in_the_table_with_its_own_words() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (yes|) ?\|$", PAGE, re.MULTILINE)
    assert rows == [(name, each.help, "yes" if each.changes else "") for name, each in METHODS.items()]


def test_every_code_is_explained() -> None:
    assert [code for code in Code if str(code.value) not in PAGE and code is not Code.FAULT] == []
