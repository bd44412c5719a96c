"""What `make run` and `make test` need around the product: environment, servers, processes.

Nothing of the product imports from here.
"""
