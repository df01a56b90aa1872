# earns 0 or 2: 12 GiB in one process; where it is stopped by force, what comes after is lost
blocks = []
try:
    for _ in range(12):
        blocks.append(bytearray(b"x" * (1 << 30)))
except MemoryError:
    pass
got = len(blocks)
del blocks


def double(n):
    return 2 * n if got == 12 else 0
