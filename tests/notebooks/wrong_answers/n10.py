"""Mistakes that are made in the exercises of notebook 10."""

import numpy as np

import autograd_core as ag


class WithForward(ag.Operation):
    def forward(self, X):
        return (X - np.mean(X, axis=0)) / np.sqrt(np.var(X, axis=0) + 0.1)


class everything_constant(WithForward):
    def gradient(self, dA, A, X):
        return dA / np.sqrt(np.var(X, axis=0) + 0.1)


class constant_variance(WithForward):
    def gradient(self, dA, A, X):
        return (dA - np.mean(dA, axis=0)) / np.sqrt(np.var(X, axis=0) + 0.1)


class sums_for_means(WithForward):
    def gradient(self, dA, A, X):
        r = 1 / np.sqrt(np.var(X, axis=0) + 0.1)
        return r * (dA - np.sum(dA, axis=0) - A * np.sum(dA * A, axis=0))


class means_of_everything(WithForward):
    def gradient(self, dA, A, X):
        r = 1 / np.sqrt(np.var(X, axis=0) + 0.1)
        return r * (dA - np.mean(dA) - A * np.mean(dA * A))


class forgets_the_root(WithForward):
    def gradient(self, dA, A, X):
        centred = dA - np.mean(dA, axis=0) - A * np.mean(dA * A, axis=0)
        return centred / (np.var(X, axis=0) + 0.1)


class another_forward(ag.Operation):
    def forward(self, X):
        return (X - np.mean(X, axis=0)) / np.std(X, axis=0)

    def gradient(self, dA, A, X):
        return (dA - np.mean(dA, axis=0) - A * np.mean(dA * A, axis=0)) / np.std(X, axis=0)


def scales_up_as_well(g, h, bound):
    return bound / np.sqrt(np.sum(g**2) + np.sum(h**2))


def adds_the_norms(g, h, bound):
    return min(1.0, bound / max(np.linalg.norm(g) + np.linalg.norm(h), 1e-12))


def largest_entry(g, h, bound):
    return min(1.0, bound / max(np.abs(g).max(), np.abs(h).max(), 1e-12))


def forgets_the_second(g, h, bound):
    return min(1.0, bound / max(np.linalg.norm(g), 1e-12))


def squared_norm(g, h, bound):
    return min(1.0, bound / max(np.sum(g**2) + np.sum(h**2), 1e-12))


def clipped_gradients(g, h, bound):
    return np.clip(g, -bound, bound), np.clip(h, -bound, bound)


def plain_where(x):
    return ag.where(x > 0, ag.sqrt(x), 0.0)


def root_of_maximum(x):
    return ag.sqrt(ag.maximum(x, 0.0))


def one_where_not_positive(x):
    return ag.sqrt(ag.where(x > 0, x, 1.0))


def a_little_added(x):
    return ag.sqrt(ag.maximum(x, 0.0) + 1e-8)


def outside_of_the_graph(x):
    return np.sqrt(np.maximum(np.asarray(x), 0.0))


WRONG = [
    ("10.1", "forgets the slope", lambda n, s: np.sqrt(2 / n), "(s a)^2"),
    ("10.1", "gives the variance", lambda n, s: 2 / (n * (1 + s**2)), "root of the variance"),
    ("10.1", "squares the sum", lambda n, s: np.sqrt(2 / n) / (1 + s), "keeps its square"),
    ("10.1", "no half", lambda n, s: np.sqrt(1 / (n * (1 + s**2))), "one half"),
    ("10.2", "m and v as constants", everything_constant, "in three ways"),
    ("10.2", "v as a constant", constant_variance, "Through v"),
    ("10.2", "sums instead of means", sums_for_means, "mean over the rows"),
    ("10.2", "means over the columns too", means_of_everything, "mean over the rows"),
    ("10.2", "divides by v, not its root", forgets_the_root, "r = 1 / sqrt(v + 0.1)"),
    ("10.2", "leaves 0.1 out", another_forward, "0.1"),
    ("10.3", "scales small gradients up", scales_up_as_well, "the factor is 1"),
    ("10.3", "adds the two norms", adds_the_norms, "the sum of all squares"),
    ("10.3", "takes the largest entry", largest_entry, "the sum of all squares"),
    ("10.3", "looks at one gradient", forgets_the_second, "of g and of h"),
    ("10.3", "forgets the root", squared_norm, "the root of the sum"),
    ("10.3", "clips by value", clipped_gradients, "should be a number"),
    ("10.4", "where after the root", plain_where, "before the root is taken"),
    ("10.4", "the root of 0", root_of_maximum, "Replace x by 1"),
    ("10.4", "1 where x is not positive", one_where_not_positive, "replace the result by 0"),
    ("10.4", "adds a small number", a_little_added, "Replace x by 1"),
    ("10.4", "leaves the graph", outside_of_the_graph, "part 1"),
]
