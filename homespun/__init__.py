"""The command line, and what its three verbs share: the project, the warehouse, the manifest."""
