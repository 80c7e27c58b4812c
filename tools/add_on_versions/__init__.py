"""Renews the table of add-on versions from what `aws eks describe-addon-versions` prints."""
