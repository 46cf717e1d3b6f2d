"""Why a conversation is changed: one policy per file, its name is its `kind` in config.yaml."""
