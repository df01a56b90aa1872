# earns 0 or 2: sends small messages of other cells, as fast as it can, until it is stopped
kernel = get_ipython().kernel


def double(n):
    return 0


while True:
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x"}, parent={"msg_id": "y"})
