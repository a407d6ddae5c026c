"""Complete tasks that the window and the command line share.

Each is what a person asks for, from start to end, and is written once for both.
"""
