"""Client assertions and DPoP proofs: signed by the client, so that each run needs its own.

A recorded one is read, its instants moved to now, its addresses and its token hash put right, and signed again with the
client's key. One whose recorded signature is wrong gets a wrong one again.
"""

import base64
import hashlib
import hmac
import json
import struct
import time
import uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from exchange import RECORDED
from kinds import decode

PASSWORDS = json.loads((RECORDED / "passwords.json").read_text(encoding="utf-8"))

# When the recorded assertions and proofs were made, by what tells them apart: the instants inside are moved by as much
# as lies between this and now.
ASSERTIONS_MADE, PROOFS_MADE = 1795478007, 1795478022

INSTANTS = ("iat", "exp", "nbf")


class Signer:
    def __init__(self, bindings):
        self.bindings = bindings
        self.keys = {}
        self.identifiers = {}

    def again(self, recorded):
        """The same statement, made now; None when this is no statement of a client."""
        header, claims = decode(recorded) or ({}, {})
        if "jwk" in header:
            return self.proof(recorded, header, claims)
        if claims.get("iss") == "shop-hmac":
            secret = PASSWORDS["clientSecrets"]["shop-hmac"].encode()
            signed = signing_input(header, self.moved(claims, ASSERTIONS_MADE))
            return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"
        if str(header.get("kid")) in ("partner-1", "other") and "iss" in claims:
            return self.assertion(recorded, header, claims)
        return None

    def assertion(self, recorded, header, claims):
        key = private_key(PASSWORDS["clientKeys"]["shop-partner"])
        good = header["kid"] != "partner-1" or verifies(key.public_key(), recorded)
        return self.signed(key, header, self.moved(claims, ASSERTIONS_MADE), good)

    def proof(self, recorded, header, claims):
        jwk = header["jwk"]
        key = self.keys.setdefault(jwk["x"], ec.generate_private_key(ec.SECP256R1()))
        claims = self.moved(claims, PROOFS_MADE)
        for old, new in list(self.bindings.live.items()):
            if "ath" in claims and token_hash(old) == claims["ath"]:
                claims["ath"] = token_hash(new)
                break
        good = verifies(public_key(jwk), recorded)
        return self.signed(key, header | {"jwk": public_jwk(key)}, claims, good)

    def moved(self, claims, made):
        """The claims as they read here and now; one recorded `jti` is one here, so that a replay is one."""
        now = int(time.time())
        claims = dict(claims)
        for name in INSTANTS:
            if name in claims:
                claims[name] += now - made
        if "jti" in claims:
            claims["jti"] = self.identifiers.setdefault(claims["jti"], str(uuid.uuid4()))
        for name in ("aud", "htu"):
            if isinstance(claims.get(name), list):
                claims[name] = [self.bindings.text(value) for value in claims[name]]
            elif name in claims:
                claims[name] = self.bindings.text(claims[name])
        return claims

    def signed(self, key, header, claims, good):
        signed = signing_input(header, claims)
        r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if not good:
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        return f"{signed}.{encode(signature)}"


def totp(now=None):
    """The code of dave's device (RFC 6238 §4)."""
    secret = PASSWORDS["users"]["dave"]["totpSecretRaw"].encode()
    step = int(time.time() if now is None else now) // 30
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def token_hash(token):
    return encode(hashlib.sha256(token.encode()).digest())


def signing_input(header, claims):
    return ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def public_key(jwk):
    return ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), ec.SECP256R1()).public_key()


def private_key(jwk):
    return ec.derive_private_key(number(jwk["d"]), ec.SECP256R1())


def public_jwk(key):
    numbers = key.public_key().public_numbers()
    point = {name: encode(getattr(numbers, name).to_bytes(32, "big")) for name in ("x", "y")}
    return {"kty": "EC", "crv": "P-256"} | point


def verifies(key, token):
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    try:
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key.verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
