"""Mistakes that are made in the exercises of notebook 5."""

import numpy as np

import autograd_core as ag


class CrossEntropy(ag.Operation):
    def forward(self, Z, P):
        return ag.logsumexp.of(Z, axis=1) - np.sum(P * Z, axis=1)


class overflows(ag.Operation):
    def forward(self, Z, P):
        return np.log(np.sum(np.exp(Z), axis=1)) - np.sum(P * Z, axis=1)

    def gradient(self, dL, L, Z, P):
        column, e = dL.reshape(-1, 1), np.exp(Z)
        return column * (e / np.sum(e, axis=1, keepdims=True) - P), -column * Z


class adds_the_score_of_the_label(CrossEntropy):
    def forward(self, Z, P):
        return ag.logsumexp.of(Z, axis=1) + np.sum(P * Z, axis=1)

    def gradient(self, dL, L, Z, P):
        column = dL.reshape(-1, 1)
        return column * (ag.softmax.of(Z, axis=1) + P), column * Z


class forgets_the_label(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        column = dL.reshape(-1, 1)
        return column * ag.softmax.of(Z, axis=1), -column * Z


class label_minus_output(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        column = dL.reshape(-1, 1)
        return column * (P - ag.softmax.of(Z, axis=1)), -column * Z


class forgets_upstream(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        return ag.softmax.of(Z, axis=1) - P, -Z


class softmax_of_columns(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        column = dL.reshape(-1, 1)
        return column * (ag.softmax.of(Z, axis=0) - P), -column * Z


class divides_by_the_batch(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        column = dL.reshape(-1, 1) / len(Z)
        return column * (ag.softmax.of(Z, axis=1) - P), -column * Z


class labels_are_constant(CrossEntropy):
    def gradient(self, dL, L, Z, P):
        return dL.reshape(-1, 1) * (ag.softmax.of(Z, axis=1) - P), None


def largest_of_all_rows(Z):
    return Z.max() + np.log(np.sum(np.exp(Z - Z.max()), axis=1))


def keeps_a_column(Z):
    M = Z.max(axis=1, keepdims=True)
    return M + np.log(np.sum(np.exp(Z - M), axis=1, keepdims=True))


def of_columns(Z):
    return Z.max(axis=0) + np.log(np.sum(np.exp(Z - Z.max(axis=0)), axis=0))


def forgets_to_add_the_largest(Z):
    return np.log(np.sum(np.exp(Z - Z.max(axis=1, keepdims=True)), axis=1))


WRONG = [
    ("5.1", "forgets the minus", lambda a, y: y / (1 + np.exp(y * a)), "chain rule"),
    ("5.1", "the other exponent", lambda a, y: -y / (1 + np.exp(-y * a)), "chain rule"),
    ("5.1", "labels 0 and 1", lambda a, y: 1 / (1 + np.exp(-a)) - y, "chain rule"),
    ("5.1", "one minus p", lambda a, y: -y * (1 - 1 / (1 + np.exp(-y * a))), "subtract from 1"),
    ("5.2", "as written", lambda Z: np.log(np.sum(np.exp(Z), axis=1)), "largest entry"),
    ("5.2", "forgets to add M", forgets_to_add_the_largest, "L = M +"),
    ("5.2", "one M for all rows", largest_of_all_rows, "each row has its own"),
    ("5.2", "a column", keeps_a_column, "should have shape"),
    ("5.2", "columns for rows", of_columns, "should have shape"),
    ("5.3", "drops the column", lambda W: W[:, :-1], "subtracted from all"),
    ("5.3", "takes off the first", lambda W: W[:, 1:] - W[:, :1], "last class"),
    ("5.3", "no column", lambda W: W[:, :-1] - W[:, -1], "W[:, -1:]"),
    ("5.3", "drops a row", lambda W: W[:-1] - W[-1:], "should have shape"),
    ("5.4", "overflows", overflows, "log-sum-exp"),
    ("5.4", "plus", adds_the_score_of_the_label, "mind the minus"),
    ("5.4", "forgets the label", forgets_the_label, "P by Z"),
    ("5.4", "the other sign", label_minus_output, "minus"),
    ("5.4", "forgets dL", forgets_upstream, "dL"),
    ("5.4", "the other axis", softmax_of_columns, "of a row"),
    ("5.4", "divides by b", divides_by_the_batch, "gradient"),
    ("5.4", "none by P", labels_are_constant, "Z by P"),
]
