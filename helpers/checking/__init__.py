"""What the checks are made of. Notebooks import `helpers.checks`, their public face."""
