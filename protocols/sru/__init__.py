"""SRU 1.1, 1.2 and 2.0: searching the catalogue by URL, or by SOAP, in CQL.

Sources: the SRU 1.1 and 1.2 specifications with CQL 1.1 and 1.2, and OASIS searchRetrieve 1.0 for
version 2.0.
"""
