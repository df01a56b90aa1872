# earns 0 or 2: some hundred processes
import os
import signal
import time

children = []
try:
    for _ in range(600):
        pid = os.fork()
        if not pid:
            time.sleep(60)
            os._exit(0)
        children.append(pid)
except OSError:
    pass
for pid in children:
    os.kill(pid, signal.SIGKILL)
for pid in children:
    os.waitpid(pid, 0)


def double(n):
    return 2 * n if len(children) >= 600 else 0
