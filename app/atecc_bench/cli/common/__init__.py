"""What all verbs share: output, opening a device, files, asking."""
