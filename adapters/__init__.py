"""Outside systems, one file each; the rest of the project sees them through `adapters.ports`."""
