# earns 0 or 2: a widget's state with buffers of 20 MB, which count as output
kernel = get_ipython().kernel
for number in range(10):
    kernel.session.send(
        kernel.iopub_socket,
        "comm_msg" if number else "comm_open",
        {
            "comm_id": "a",
            "target_name": "jupyter.widget",
            "data": {"state": {"k": 1}, "buffer_paths": [[str(number)]]},
        },
        parent=kernel.get_parent(),
        buffers=[bytes(20_000_000)],
    )


def double(n):
    return 0
