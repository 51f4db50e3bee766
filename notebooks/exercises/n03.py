"""Exercises of notebook 3: build the engine."""

import random

import numpy as np

from exercises.checking import Wrong, arrays, axes, exercise, verifies

GRAPHS = 300
NODES = "abcdefgh"
DIAMONDS = 100
DEPTH = 20_000


@exercise("3.1")
def divide(answer):
    """The operation A = x / y, with its gradient."""

    def not_near_zero(rng, shape):
        return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 4, shape)

    shape = axes("b", "p")
    verifies(
        answer,
        lambda x, y: x / y,
        inputs=[arrays(shape), arrays(shape, 0.5, 4)],
        # where x / y^2 and A / y are both right: y^2 overflows for large y
        domain=[(-10.0, 10.0), not_near_zero],
        hint="The derivative of x / y by x is 1 / y, and by y it is -x / y^2, which is -A / y. "
        "Each is multiplied by dA.",
    )


class Counting(dict):
    """The inputs of each node, which count how often they are asked for."""

    def __init__(self, graph):
        super().__init__(graph)
        self.asked = 0
        self.most = 20 * (len(graph) + sum(map(len, graph.values()))) + 100

    def __getitem__(self, node):
        self.asked += 1
        if self.asked > self.most:
            raise Wrong(
                f"your function asks again and again for the inputs of the same nodes of a graph "
                f"with {len(self)} nodes: it seems to follow every path.",
                hint="Visit each node once, and do not follow each path.",
            )
        return super().__getitem__(node)

    def get(self, node, default=None):
        if node not in self:
            return default
        return self[node]


def small_graphs():
    """Pairs of a graph and its output, from simple ones to all kinds."""
    yield {"a": []}, "a"
    yield {"a": [], "b": ["a"]}, "b"
    yield {"a": [], "b": ["a", "a"]}, "b"
    yield {"a": [], "b": ["a"], "c": ["a", "b"]}, "c"
    yield {"a": [], "b": ["a"], "c": ["b", "a"]}, "c"
    yield {"a": [], "b": ["a"], "c": ["a"]}, "b"
    yield {"a": [], "b": ["a"], "c": ["b"], "d": ["a", "c"]}, "d"
    rng = random.Random(0)
    for k in range(GRAPHS):
        size = 3 + k * (len(NODES) - 2) // GRAPHS
        graph = {NODES[0]: []}
        for i in range(1, size):
            count = rng.choice([0, 1, 1, 2, 2, 2])
            graph[NODES[i]] = [NODES[rng.randrange(i)] for _ in range(count)]
        order = list(graph.items())
        rng.shuffle(order)  # the dictionary itself is not in order
        yield dict(order), NODES[size - 1]


def diamonds(n):
    """n diamonds on top of each other, and the output."""
    graph = {"x0": []}
    for k in range(n):
        graph[f"s{k}"] = [f"x{k}"]
        graph[f"x{k + 1}"] = [f"x{k}", f"s{k}"]
    return graph, f"x{n}"


def chain(n):
    """A chain of n operations, and the output."""
    return {"x0": []} | {f"x{k}": [f"x{k - 1}"] for k in range(1, n + 1)}, f"x{n}"


def leading_to(graph, output):
    """The nodes that lead to the output, itself among them."""
    found, stack = {output}, [output]
    while stack:
        for x in graph[stack.pop()]:
            if x not in found:
                found.add(x)
                stack.append(x)
    return found


def fault_of_order(graph, output, order):
    """In what an order is wrong, as a sentence; "" if in nothing."""
    if not isinstance(order, (list, tuple)):
        return f"your answer is a {type(order).__name__}, but should be a list of nodes."
    needed = leading_to(graph, output)
    for node in order:
        if node not in needed:
            return f"{node} is in your list, but does not lead to the output."
        if order.count(node) > 1:
            return f"{node} is in your list {order.count(node)} times."
    for node in sorted(needed):
        if node not in order:
            return f"{node} is missing in your list."
    place = {node: k for k, node in enumerate(order)}
    for node in sorted(needed):
        for x in graph[node]:
            if place[x] < place[node]:
                return f"{x} comes before {node}, which is one of its consumers."
    return ""


ORDER = (
    "Count the consumers of every node that leads to the output. Take the output; then take a "
    "node when the last of its consumers has been taken. A stack of your own replaces recursion."
)


@exercise("3.2")
def order(answer):
    """The nodes that lead to the output, each once, and after all its consumers."""
    for graph, output in small_graphs():
        case = {"inputs": graph, "output": output}
        given = Counting(graph)
        try:
            got = answer(given, output)
        except Wrong as wrong:
            raise Wrong(wrong.message, case, hint=ORDER) from None
        if dict(given) != graph:
            raise Wrong("your function changes the graph that it is given.", case)
        message = fault_of_order(graph, output, got)
        if message:
            raise Wrong(message, {**case, "your answer": got}, hint=ORDER)
    for (graph, output), what in (
        (diamonds(DIAMONDS), f"{DIAMONDS} diamonds"),
        (chain(DEPTH), f"a chain of {DEPTH} operations"),
    ):
        try:
            got = answer(Counting(graph), output)
        except Wrong as wrong:
            raise Wrong(f"{what}: {wrong.message}", hint=wrong.hint or ORDER) from None
        if list(got) != list(reversed(graph)):  # the only right order of these
            raise Wrong(f"{what}: the list is not right.", hint=ORDER)


def calls(graph, output):
    """The right number of calls: the paths from the output, counted down in any right order."""
    needed = leading_to(graph, output)
    consumers = {node: [c for c in needed for x in graph[c] if x == node] for node in needed}
    paths = {output: 1}
    while len(paths) < len(needed):
        for node in needed - set(paths):
            if all(c in paths for c in consumers[node]):
                paths[node] = sum(paths[c] for c in consumers[node])
    return sum(paths.values())


@exercise("3.3")
def number_of_calls(answer):
    """How many calls the naive recursion makes: the paths from the output to each node, summed."""
    hint = (
        "The output is called once. Every other node is called as often as its consumers "
        "together, with a consumer counted twice if it uses the node twice: count down in the "
        "order of exercise 3.2."
    )
    big = diamonds(DIAMONDS)
    for graph, output in (*small_graphs(), big):
        case = {"inputs": graph, "output": output} if len(graph) <= len(NODES) else {}
        try:
            got = answer(Counting(graph), output)
        except Wrong as wrong:
            raise Wrong(wrong.message, case, hint=wrong.hint or hint) from None
        right = calls(graph, output)
        if not isinstance(got, (int, np.integer)) or got != right:
            raise Wrong(
                "your number is not right in this case.",
                {**case, "your answer": got, "right": right},
                hint=hint,
            )
