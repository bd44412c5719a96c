"""One way of writing an address, and the hash that stands for it when nothing else may be kept.

Only ASCII letters are folded, as the database does it: both must come to the same hash.
"""

import hashlib
import string

_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

HASH_PREFIX = "mailing:"
KEY_SQL = 'lower(btrim({column}) COLLATE "C")'
HASH_SQL = "encode(sha256(convert_to('" + HASH_PREFIX + "' || {key}, 'UTF8')), 'hex')"


def address_key(address: str) -> str:
    return address.strip(" ").translate(_FOLD)


def address_hash(address: str) -> str:
    return hashlib.sha256((HASH_PREFIX + address_key(address)).encode()).hexdigest()


def domain_of(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"
