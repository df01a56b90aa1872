# earns 0 or 2: a message of a million empty parts, each of which takes memory where it is received
kernel = get_ipython().kernel
kernel.iopub_thread.socket.send_multipart([b""] * 1_000_000)


def double(n):
    return 0
