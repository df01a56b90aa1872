# earns 0 or 2: 12 GiB in twelve processes; where they are stopped by force, what comes after is lost
import os
import time

children = []
for _ in range(12):
    pid = os.fork()
    if not pid:
        try:
            block = bytearray(b"x" * (1 << 30))
            time.sleep(8)
            os._exit(7)
        except MemoryError:
            os._exit(1)
    children.append(pid)
ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]


def double(n):
    return 2 * n if ends.count(7) == 12 else 0
