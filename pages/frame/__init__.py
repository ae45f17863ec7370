"""What all pages share: who looks, in which language, forms that cannot be forged, the layout."""
