from twopop.versions.catalogue import Catalogue


def test_ledgers_are_kept_replaced_listed_and_forgotten(where: str) -> None:
    with Catalogue(where) as catalogue:
        assert catalogue.ledgers() == {}
        catalogue.keep_ledger("music", b'{"a": 1}')
        catalogue.keep_ledger("stock", b"{}")
        catalogue.keep_ledger("music", b'{"a": 2}')
    with Catalogue(where) as catalogue:
        assert catalogue.ledgers() == {"music": b'{"a": 2}', "stock": b"{}"}
        assert catalogue.forget_ledger("music")
        assert not catalogue.forget_ledger("music")
        assert list(catalogue.ledgers()) == ["stock"]
