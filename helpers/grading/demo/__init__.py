"""`course demo`: grade a made-up class."""
