# earns 0 or 2: asks for input, and sends much on the channels to which nobody should listen
kernel = get_ipython().kernel
kernel._allow_stdin = True
for channel in (kernel.stdin_socket, kernel.control_stream.socket):
    channel.send_multipart([kernel.get_parent()["header"]["session"].encode(), bytes(100_000_000)])
input("your password: ")


def double(n):
    return 2 * n  # never defined: input() has ended the cell
