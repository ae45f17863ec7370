"""The blueprint that the views of this package belong to."""

from pages.frame.views import blueprint

READER = blueprint("reader", __name__)
