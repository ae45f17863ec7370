"""OAI-PMH 2.0, data provider: union catalogues and discovery systems harvest the books.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0, and the
implementation guidelines for `oai-identifier`.
"""
