"""The rules of lending: a pure part that decides, and acts that each run in one transaction.

An act holds the rows it concerns in the order written down in `models.locks`, gathers facts,
lets the pure part decide, and writes; `circulation.act` says how.
"""
