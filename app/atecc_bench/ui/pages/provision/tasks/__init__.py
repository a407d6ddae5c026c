"""What the wizard hands to the device thread, and its dialogs: line, batch, new CA."""
