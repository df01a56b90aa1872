"""The kernels: forked from a warm process (the zygote), watched, and reached through Jupyter's own interfaces."""
