"""Write marks into files that learning platforms import."""
