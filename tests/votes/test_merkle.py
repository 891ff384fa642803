"""The tree of RFC 9162, against the vectors that Certificate Transparency publishes, and by its properties."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votes import merkle
from votes.merkle import Tree, consistency_proof, inclusion_proof, is_consistent, is_included, leaf_hash

# certificate-transparency, merkletree/merkle_tree_test.go: eight leaves, the root of each prefix, and proofs.
LEAVES = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def test_roots_are_those_published():
    tree, roots = Tree(), []
    for leaf in LEAVES:
        tree.append(leaf)
        roots.append(tree.root.hex())
    assert roots == ROOTS
    assert Tree().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("case", "proof"), INCLUSION.items())
def test_inclusion_proofs_are_those_published(case, proof):
    index, size = case
    made = inclusion_proof(index, HASHES[:size])
    assert [step.hex() for step in made] == proof
    assert is_included(index, size, HASHES[index], made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("case", "proof"), CONSISTENCY.items())
def test_consistency_proofs_are_those_published(case, proof):
    old, new = case
    made = consistency_proof(old, HASHES[:new])
    assert [step.hex() for step in made] == proof
    assert is_consistent(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), made)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_every_leaf_and_every_prefix_is_proved_and_nothing_else_is(leaves, data):
    hashes = [leaf_hash(leaf) for leaf in leaves]
    size, root = len(leaves), merkle.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, hashes)
    assert is_included(index, size, hashes[index], proof, root)
    assert not is_included(index, size, leaf_hash(b"another leaf"), proof, root)
    assert not is_included(index, size, hashes[index], [*proof, b"\0" * 32], root)
    assert not is_included(size, size, hashes[index], proof, root)
    old = data.draw(st.integers(1, size))
    old_root, steps = merkle.root(leaves[:old]), consistency_proof(old, hashes)
    assert is_consistent(old, size, old_root, root, steps)
    assert not is_consistent(old, size, leaf_hash(b"another root"), root, steps)
    assert not is_consistent(old, size, old_root, leaf_hash(b"another root"), steps)


def test_a_tree_goes_on_from_its_peaks():
    chance = random.Random(1)
    leaves = [chance.randbytes(5) for _n in range(200)]
    whole = Tree()
    for leaf in leaves:
        whole = Tree(whole.size, whole.peaks)  # as it is read from the database
        whole.append(leaf)
    assert whole.root == merkle.root(leaves)
    with pytest.raises(ValueError, match="a peak for each bit"):
        Tree(3, [b""])


@pytest.mark.parametrize("act", [lambda: inclusion_proof(3, HASHES[:3]), lambda: consistency_proof(0, HASHES)])
def test_a_proof_of_what_is_not_there_is_refused(act):
    with pytest.raises(ValueError, match="no such"):
        act()
