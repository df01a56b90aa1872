# earns 0: ends the process at once; a check that does not run earns nothing
import os


def double(n):
    return 2 * n


os._exit(0)
