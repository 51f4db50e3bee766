"""Grid search over learning rate eta and L2 penalty lambda, as in the lecture on back-propagation.

For searches with cross-validation, over any parameters, take scikit-learn's `GridSearchCV` and
`RandomizedSearchCV` with `nn.MLPClassifier` or `nn.MLPRegressor`.
"""

from nn.search.grid import GRID, grid_search, grid_search_estimator
from nn.search.result import Cell, GridSearch

__all__ = ["GRID", "Cell", "GridSearch", "grid_search", "grid_search_estimator"]
