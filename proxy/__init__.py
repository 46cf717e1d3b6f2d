"""HTTP, YAML and the process: everything that is not a reason and not an outside system."""
