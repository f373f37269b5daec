"""Writes the golden vectors of the hash bytes, with the xxhash package of PyPI (the C library).

    pip install xxhash && python make.py
"""
import random
import struct

import xxhash


def h(data):
    return xxhash.xxh64_intdigest(data, seed=0)


rnd = random.Random(20260101)

with open("xxhash64.tsv", "w") as out:
    out.write("# hex of the input\tseed\tXXH64, unsigned decimal\n")
    for n in list(range(0, 70)) + [127, 128, 129, 1000, 4096]:
        data = rnd.randbytes(n)
        for seed in (0, rnd.getrandbits(63)):
            out.write(f"{data.hex()}\t{seed}\t{xxhash.xxh64_intdigest(data, seed=seed)}\n")

keys = ["0", "1", "42", "9007199254740993", "-7", "a", "A", "user-1", "user_1", "x" * 511]
keys += ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "é", "日本", "😀"]
keys += [str(rnd.getrandbits(40)) for _ in range(30)]
with open("shards.tsv", "w") as out:
    out.write("# key\tshards\tshard\n")
    for key in keys:
        for s in (1, 2, 3, 16, 64, 1000, 65536):
            out.write(f"{key}\t{s}\t{h(key.encode() + bytes([0xFF])) % s}\n")

nodes = ["n", "n0", "node-0", "node-1", "node-2", "node-10", "http://10.0.0.1:7700", "knoten-ü"]
with open("scores.tsv", "w") as out:
    out.write("# shard\tnode id\tscore, unsigned decimal\n")
    for shard in (0, 1, 2, 255, 256, 65535):
        for node in nodes:
            out.write(f"{shard}\t{node}\t{h(struct.pack('<I', shard) + node.encode() + bytes([0xFF]))}\n")

with open("ranks.tsv", "w") as out:
    out.write("# shard\tthe nodes above, most preferred first\n")
    for shard in range(16):
        scored = sorted(
            nodes, key=lambda n: (-h(struct.pack("<I", shard) + n.encode() + bytes([0xFF])), n)
        )
        out.write(f"{shard}\t{','.join(scored)}\n")
