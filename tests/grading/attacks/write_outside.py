# earns 2: leaves files wherever it can; the test looks for them
import os
import pathlib
import tempfile

for folder in [
    *map(str, pathlib.Path.cwd().parents),
    tempfile.gettempdir(),
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/root",
    "/home",
    "/etc",
]:
    try:
        pathlib.Path(folder, "cnn-labs-attacked").write_text("I was here")
    except OSError:
        pass
try:
    os.symlink("/etc/passwd", "link")
except OSError:
    pass


def double(n):
    return 0
