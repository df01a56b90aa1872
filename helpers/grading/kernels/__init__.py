"""Kernels without start-up time: one warm process, the zygote, and those that are forked from it."""
