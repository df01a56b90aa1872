# earns 2: can be interrupted
def double(n):
    return 0


while True:
    pass
