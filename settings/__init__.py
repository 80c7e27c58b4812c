"""From an environment file to a checked `Environment`, or to one error that lists everything that is wrong."""

from settings.environment import Environment
from settings.loader import load_environment
from settings.problems import EnvironmentWarning, InvalidEnvironmentError, Problem

__all__ = ["Environment", "EnvironmentWarning", "InvalidEnvironmentError", "Problem", "load_environment"]
