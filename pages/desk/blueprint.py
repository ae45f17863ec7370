"""The blueprint that the views of this package belong to."""

from pages.frame.views import blueprint

DESK = blueprint("desk", __name__)
