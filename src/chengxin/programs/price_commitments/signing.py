"""An electronic signature over the text of a commitment: whose certificate it is, who vouches for it, does it hold."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID


def fault(
    text: str, signature: str, chain: str, *, code: str, at: datetime, trusted: Collection[str]
) -> str | None:
    """This will say what is wrong with a signature, or nothing: ``unreadable``, ``other_party``, ``out_of_date``,
    ``untrusted`` or ``broken``.

    ``chain`` is PEM: the firm's certificate, which names its code, then the issuer's. ``trusted`` holds the
    SHA-256 of the public keys of the issuers the place knows.
    """
    try:
        own, issuer = x509.load_pem_x509_certificates(chain.encode())[:2]
        signed = base64.b64decode("".join(signature.split()), validate=True)
    except (ValueError, binascii.Error):
        return "unreadable"
    named = {str(each.value) for oid in _NAMES for each in own.subject.get_attributes_for_oid(oid)}
    if code not in named:
        return "other_party"
    if any(not each.not_valid_before_utc <= at < each.not_valid_after_utc for each in (own, issuer)):
        return "out_of_date"
    if key_of(issuer) not in trusted or not _issued(own, issuer):
        return "untrusted"
    return None if _holds(own, signed, text.encode()) else "broken"


_NAMES = (NameOID.SERIAL_NUMBER, NameOID.ORGANIZATION_IDENTIFIER)


def key_of(certificate: x509.Certificate) -> str:
    """This will give the SHA-256 of a certificate's public key."""
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()


def _issued(own: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _holds(own: x509.Certificate, signed: bytes, text: bytes) -> bool:
    key = own.public_key()
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signed, text)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signed, text, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signed, text, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
