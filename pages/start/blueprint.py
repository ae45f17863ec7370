"""The blueprint that the views of this package belong to."""

from pages.frame.views import blueprint

START = blueprint("start", __name__)
