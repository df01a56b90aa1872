# earns 0: eats every interrupt; what comes after does not run
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
