"""Where the images come from: files, downloads, stand-ins. Notebooks import `helpers.data`, their public face."""
