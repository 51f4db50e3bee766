"""A training as one offline page: `python -m nn train DATA --report report.html`."""

from nn.report.gradients import GradientNorms
from nn.report.outcome import Outcome
from nn.report.page import page, walkthrough_path, write

__all__ = ["GradientNorms", "Outcome", "page", "walkthrough_path", "write"]
