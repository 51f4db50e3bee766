"""Networks as scikit-learn estimators, for its pipelines, searches and cross-validation.

scikit-learn is imported here and nowhere at import time of `nn`: `nn.MLPClassifier` and
`nn.MLPRegressor` are fetched when they are first used.
"""

from nn.estimators.classifier import MLPClassifier
from nn.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
