"""A certificate authority and a house that it vouches for, made anew for a test."""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

START, END = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2046, 1, 1, tzinfo=datetime.UTC)


def make_house(folder: Path, name: str = "House of Tests") -> tuple[Path, Path, Path]:
    """(certificates, key, anchors) as PEM files in *folder*."""
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Root of Tests", "Root of Tests", root_key, root_key, authority=None)
    leaf = _certificate(name, "Root of Tests", leaf_key, root_key, authority=root)
    chain, key, anchors = folder / "chain.pem", folder / "key.pem", folder / "anchors.pem"
    pem = serialization.Encoding.PEM
    chain.write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key.write_bytes(leaf_key.private_bytes(pem, form, lock))
    anchors.write_bytes(root.public_bytes(pem))
    return chain, key, anchors


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: x509.Certificate | None,
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        parts = [(NameOID.COMMON_NAME, text), (NameOID.ORGANIZATION_NAME, text)]
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])

    root = authority is None
    uses = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    usage = x509.KeyUsage(**uses, decipher_only=False, digital_signature=not root, key_cert_sign=root, crl_sign=root)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not root:
        mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(mail, critical=True).add_extension(known, critical=False)
    return builder.sign(signer, hashes.SHA256())
