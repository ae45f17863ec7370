"""Moving in and out: members, copies and circulation from files, and everything into files.

Rows keep their moments and ignore policies, never the rules of the database.
"""
