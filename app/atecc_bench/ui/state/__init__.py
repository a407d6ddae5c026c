"""What all pages share: device worker, background work, the device at hand."""
