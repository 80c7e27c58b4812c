"""What differs between deployments: YAML files, their typed model, and the loader that checks them."""

from environments.environment import Environment
from environments.loader import load_environment
from environments.problems import InvalidEnvironmentError, Problem

__all__ = ["Environment", "InvalidEnvironmentError", "Problem", "load_environment"]
