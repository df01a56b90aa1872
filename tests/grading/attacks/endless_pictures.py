# earns 0 or 2: shows large things until it is stopped
from IPython.display import HTML, display


def double(n):
    return 0


while True:
    display(HTML("<b>" + "x" * 100_000))
