"""The screens, one module for each task of the user."""
