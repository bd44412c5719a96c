"""A company to try the product with: generated, the same at every run, in three sizes."""
