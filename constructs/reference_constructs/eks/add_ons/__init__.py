"""EKS add-ons: the catalog, the versions, and the construct that installs them in order."""
