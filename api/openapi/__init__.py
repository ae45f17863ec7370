"""The OpenAPI 3.1 document, derived from routes, declarations, permissions and schemas."""
