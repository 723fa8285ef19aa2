"""Keeping the structure and the people, in the product itself."""
