"""Attacks on the sandbox of this machine: does each protection hold?"""
