"""Run one task of an environment, follow its log, and exit with its exit code."""
