# earns 0 or 2: 4 GiB of files, in files of any size
import pathlib

written = 0
block = b"x" * (1 << 24)
try:
    for number in range(256):
        written += pathlib.Path(f"block{number}").write_bytes(block)
except OSError:
    pass


def double(n):
    return 2 * n if written == 256 << 24 else 0
