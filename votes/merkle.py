"""The Merkle tree of RFC 9162 (Certificate Transparency): roots, and proofs of inclusion and consistency.

A tree that only grows is kept as its `peaks`: the roots of its whole subtrees, largest first, one for each bit of
its size. Appending a leaf and reading the root cost a few hashes each, whatever the size.
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(body: bytes) -> bytes:
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree: its size and its peaks."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()):
        if len(peaks) != size.bit_count():
            raise ValueError("a tree has a peak for each bit of its size")
        self.size, self.peaks = size, list(peaks)

    def append(self, body: bytes) -> None:
        node, size = leaf_hash(body), self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return sha256().digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root(bodies) -> bytes:
    """The root of the tree of these leaves."""
    tree = Tree()
    for body in bodies:
        tree.append(body)
    return tree.root


def inclusion_proof(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that leaf `index` is in the tree of these leaf hashes (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < len(hashes):
        raise ValueError("no such leaf")
    return _path(index, hashes)


def _path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = _split(len(hashes))
    if index < k:
        return [*_path(index, hashes[:k]), _root(hashes[k:])]
    return [*_path(index - k, hashes[k:]), _root(hashes[:k])]


def consistency_proof(old: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of the first `old` leaves is the beginning of this one (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= len(hashes):
        raise ValueError("no such tree")
    return _subproof(old, hashes, True)


def _subproof(old: int, hashes: Sequence[bytes], known: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if known else [_root(hashes)]
    k = _split(len(hashes))
    if old <= k:
        return [*_subproof(old, hashes[:k], known), _root(hashes[k:])]
    return [*_subproof(old - k, hashes[k:], False), _root(hashes[:k])]


def is_included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from this leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(step, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(step, fr), node_hash(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    k = _split(len(hashes))
    return node_hash(_root(hashes[:k]), _root(hashes[k:]))
