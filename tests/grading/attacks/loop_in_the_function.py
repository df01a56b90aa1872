# earns 2: an endless loop where the check calls it
def double(n):
    while True:
        pass
