"""The clean room, which runs the checks, the dispatcher in the student's kernel, and the protocol between them."""
