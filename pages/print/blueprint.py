"""The blueprint that the views of this package belong to."""

from pages.frame.views import blueprint

PRINT = blueprint("print", __name__)
