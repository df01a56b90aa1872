# earns 2: an answer that is nested without end
def double(n):
    nested = []
    nested.append(nested)
    return nested
