"""How the tables of the ledger came to be what they are.

There is one file for each step.
"""
