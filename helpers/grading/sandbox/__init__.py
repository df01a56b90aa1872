"""The box around a student's kernel, made of what Linux offers; entered before any of their code runs."""
