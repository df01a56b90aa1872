# earns 2: a process in a session of its own, orphaned twice; the test looks for it
import os
import sys

if not os.fork():
    os.setsid()
    if not os.fork():
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "cnn-labs-attacked"])
    os._exit(0)
os.wait()


def double(n):
    return 0
