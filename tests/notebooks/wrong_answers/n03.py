"""Mistakes that are made in the exercises of notebook 3."""

import autograd_core as ag


class Quotient(ag.Operation):
    def forward(self, x, y):
        return x / y


class sign_missing(Quotient):
    def gradient(self, dA, A, x, y):
        return dA / y, dA * x / y**2


class square_missing(Quotient):
    def gradient(self, dA, A, x, y):
        return dA / y, -dA * x / y


class upstream_missing(Quotient):
    def gradient(self, dA, A, x, y):
        return 1 / y, -x / y**2


class swapped(Quotient):
    def gradient(self, dA, A, x, y):
        return -dA * A / y, dA / y


class other_way_round(ag.Operation):
    def forward(self, x, y):
        return y / x

    def gradient(self, dA, A, x, y):
        return -dA * A / x, dA / x


class one_entry(Quotient):
    def gradient(self, dA, A, x, y):
        return dA / y


def breadth_first(inputs, output):
    found = [output]
    for node in found:
        for x in inputs[node]:
            if x not in found:
                found.append(x)
    return found


def depth_first(inputs, output):
    """Each node when it is first met: before other consumers of it."""
    found, stack = [], [output]
    while stack:
        node = stack.pop()
        if node not in found:
            found.append(node)
            stack.extend(inputs[node])
    return found


def by_recursion(inputs, output):
    """Right, but for deep graphs."""
    found = []

    def visit(node):
        if node not in found:
            for x in inputs[node]:
                visit(x)
            found.append(node)

    visit(output)
    return found[::-1]


def inputs_first(inputs, output):
    return by_recursion(inputs, output)[::-1]


def every_path(inputs, output):
    found = [output]
    for x in inputs[output]:
        found += every_path(inputs, x)
    return found


def all_nodes(inputs, output):
    return sorted(inputs, reverse=True)


def follows_every_path(inputs, output):
    """Right at the end, but visits a node once for each path."""
    found = []
    stack = [output]
    while stack:
        node = stack.pop()
        if node in found:
            found.remove(node)
        found.append(node)
        stack.extend(inputs[node])
    return found


def one_for_each_node(inputs, output):
    return len(breadth_first(inputs, output))


def one_for_each_edge(inputs, output):
    return 1 + sum(len(inputs[node]) for node in breadth_first(inputs, output))


def makes_the_calls(inputs, output):
    return 1 + sum(makes_the_calls(inputs, x) for x in inputs[output])


def paths_to_initial_nodes(inputs, output):
    known = {}

    def paths(node):
        if node not in known:
            known[node] = sum(paths(x) for x in inputs[node]) or 1
        return known[node]

    return paths(output)


WRONG = [
    ("3.1", "forgets the sign", sign_missing, "by y it is -x / y^2"),
    ("3.1", "forgets the square", square_missing, "-x / y^2"),
    ("3.1", "forgets the upstream gradient", upstream_missing, "multiplied by dA"),
    ("3.1", "returns the gradients in the wrong order", swapped, "by x is 1 / y"),
    ("3.1", "divides the other way round", other_way_round, "right"),
    ("3.1", "returns one gradient for two inputs", one_entry, "2 inputs"),
    ("3.2", "goes breadth first", breadth_first, "one of its consumers"),
    ("3.2", "takes a node when it is first met", depth_first, "one of its consumers"),
    ("3.2", "recurses", by_recursion, "RecursionError"),
    ("3.2", "gives inputs first", inputs_first, "one of its consumers"),
    ("3.2", "lists a node once for each path", every_path, "times"),
    ("3.2", "takes all nodes", all_nodes, "does not lead to the output"),
    ("3.2", "visits a node once for each path", follows_every_path, "every path"),
    ("3.3", "counts nodes", one_for_each_node, "as often as its consumers"),
    ("3.3", "counts edges", one_for_each_edge, "as often as its consumers"),
    ("3.3", "makes the calls", makes_the_calls, "every path"),
    ("3.3", "counts the paths to initial nodes only", paths_to_initial_nodes, "Every other node"),
]
