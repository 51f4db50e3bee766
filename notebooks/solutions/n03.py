"""Solutions of the exercises of notebook 3."""

import autograd_core as ag


class divide(ag.Operation):
    def forward(self, x, y):
        return x / y

    def gradient(self, dA, A, x, y):
        return dA / y, -dA * A / y


def order(inputs, output):
    consumers = {output: 0}
    stack = [output]
    while stack:
        for x in inputs[stack.pop()]:
            if x not in consumers:
                consumers[x] = 0
                stack.append(x)
            consumers[x] += 1
    taken, ready = [], [output]
    while ready:
        node = ready.pop()
        taken.append(node)
        for x in inputs[node]:
            consumers[x] -= 1
            if consumers[x] == 0:
                ready.append(x)
    return taken


def number_of_calls(inputs, output):
    calls = {output: 1}
    for node in order(inputs, output):
        for x in inputs[node]:
            calls[x] = calls.get(x, 0) + calls[node]
    return sum(calls.values())


SOLUTIONS = {"3.1": divide, "3.2": order, "3.3": number_of_calls}
