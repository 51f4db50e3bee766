"""What makes the generated pages of the site: used by `conf.py` and by the tests."""
