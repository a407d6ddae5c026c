"""Why a chip refuses a command: the twin is asked in every state that fits."""
