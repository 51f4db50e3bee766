"""The key numbers are lines of a notebook's last cell, and no modules to be imported."""

collect_ignore_glob = ["key_numbers/*"]
