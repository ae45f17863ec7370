"""The rules of lending: a pure part that decides, and acts that each run in one transaction."""
