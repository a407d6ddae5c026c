"""The wizard's work on the device thread, and its dialogs.

They are for the line, a batch, and a new CA.
"""
