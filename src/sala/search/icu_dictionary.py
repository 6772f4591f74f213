"""Reading the words of ICU's Lao dictionary out of ICU's data library, for the list of compounds.

Needed once for a release of ICU (words.compounds keeps the list). Layouts: ICU's common data ("CmnD": an index of
names and offsets), a dictionary ("Dict": eight 32-bit numbers, then a trie of bytes), icu4c/source/common/bytestrie.h.
"""

import importlib.util
import struct
from pathlib import Path

from sala.core.errors import Unreadable

NAME = "laodict.dict"
_VALUE, _LINEAR = 0x20, 0x10
_MOST_LINEAR = 5  # branches longer than this are searched by halves


def words() -> list[str]:
    """All words of the dictionary, sorted. Raises Unreadable when the library is not where icu4py keeps it."""
    body = _dictionary(_library().read_bytes())
    start, transform = struct.unpack_from("<i", body, 0)[0], struct.unpack_from("<I", body, 20)[0]
    offset = transform & 0x1FFFFF
    found: list[bytes] = []
    _walk(body[start:], 0, b"", found)
    special = {0xFE: "\u200d", 0xFF: "\u200c"}
    return sorted({"".join(special.get(byte) or chr(offset + byte) for byte in word) for word in found})


def _library() -> Path:
    package = importlib.util.find_spec("icu4py")
    if package and package.origin:
        for path in sorted(Path(package.origin).parent.parent.glob("icu4py.libs/libicudata*")):
            return path
    raise Unreadable("ICU's data library is not beside the icu4py package; its layout has changed.")


def _dictionary(data: bytes) -> bytes:
    header = data.find(b"CmnD") - 12
    if header < 0:
        raise Unreadable("ICU's data library holds no index of its data.")
    index = header + struct.unpack_from("<H", data, header)[0]
    for number in range(struct.unpack_from("<I", data, index)[0]):
        name_at, data_at = struct.unpack_from("<II", data, index + 4 + 8 * number)
        name = data[index + name_at : data.index(b"\0", index + name_at)].decode()
        if name.endswith(NAME):
            begin = index + data_at
            begin += struct.unpack_from("<H", data, begin)[0]
            return data[begin : begin + struct.unpack_from("<i", data, begin + 12)[0]]
    raise Unreadable(f"ICU's data library holds no {NAME}.")


def _walk(trie: bytes, at: int, prefix: bytes, found: list[bytes]) -> None:
    while True:
        node = trie[at]
        if node >= _VALUE:
            found.append(prefix)
            if node & 1:
                return
            at = _value(trie, at)[1]
        elif node >= _LINEAR:
            length = node - _LINEAR + 1
            prefix += trie[at + 1 : at + 1 + length]
            at += 1 + length
        else:
            at += 1
            if node == 0:
                node, at = trie[at], at + 1
            _branch(trie, at, node + 1, prefix, found)
            return


def _branch(trie: bytes, at: int, length: int, prefix: bytes, found: list[bytes]) -> None:
    while length > _MOST_LINEAR:
        jump, after = _jump(trie, at + 1)
        _branch(trie, after + jump, length >> 1, prefix, found)
        length, at = length - (length >> 1), after
    for _one in range(length - 1):
        byte, is_final = trie[at], trie[at + 1] & 1
        value, after = _value(trie, at + 1)
        if is_final:
            found.append(prefix + bytes([byte]))
        else:
            _walk(trie, after + value, prefix + bytes([byte]), found)
        at = after
    _walk(trie, at + 1, prefix + trie[at : at + 1], found)


def _value(trie: bytes, at: int) -> tuple[int, int]:
    """A value or a distance, and the position after it."""
    lead = trie[at] >> 1
    if lead < 0x51:
        return lead - 0x10, at + 1
    if lead < 0x6C:
        return (lead - 0x51) << 8 | trie[at + 1], at + 2
    if lead < 0x7E:
        return (lead - 0x6C) << 16 | int.from_bytes(trie[at + 1 : at + 3]), at + 3
    width = 3 if lead == 0x7E else 4
    return int.from_bytes(trie[at + 1 : at + 1 + width]), at + 1 + width


def _jump(trie: bytes, at: int) -> tuple[int, int]:
    lead = trie[at]
    if lead < 0xC0:
        return lead, at + 1
    if lead < 0xF0:
        return (lead - 0xC0) << 8 | trie[at + 1], at + 2
    if lead < 0xFE:
        return (lead - 0xF0) << 16 | int.from_bytes(trie[at + 1 : at + 3]), at + 3
    width = 3 if lead == 0xFE else 4
    return int.from_bytes(trie[at + 1 : at + 1 + width]), at + 1 + width
