"""The OpenAPI 3.1 document, derived from routes, declarations, the policy page and schemas."""
