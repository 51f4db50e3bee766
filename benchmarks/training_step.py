"""One training step of a 64-50-10 perceptron beside the same step hand-written in NumPy.

A step is forward, backward and Adam on a batch of 100 in float32. Hand-written NumPy, `nn` (the
graph is built in every step, as in a loop that a person writes), the same graph run again
(`Graph.forward`, `Graph.backward`) and, where they are installed, PyTorch and JAX take turns; what
counts is the ratio of the medians. JAX compiles the whole step first, which is timed by itself.

    python benchmarks/training_step.py [--rounds 40] [--threads 1]
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="turns of 200 steps each")
    parser.add_argument("--threads", type=int, default=1, help="threads of the matrix products")
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(options.threads)
    if options.threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    steps = {
        "hand-written NumPy": hand_written(options.batch),
        "nn, graph built each step": built(options.batch),
        "nn, graph run again": run_again(options.batch),
    }
    peers = {"PyTorch": pytorch, "JAX, step compiled": jax_compiled}
    for name, peer in peers.items():
        try:
            steps[name] = peer(options.batch, options.threads)
        except ImportError:
            print(f"{name.partition(',')[0]} is not installed: left out")
    times: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        for _ in range(100):
            step()
    for _ in range(options.rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(200):
                step()
            times[name].append((time.perf_counter() - start) / 200 * 1e6)
    base = statistics.median(times["hand-written NumPy"])
    for name, microseconds in times.items():
        middle = statistics.median(microseconds)
        print(f"{name:28s} {middle:7.1f} microseconds   {middle / base:5.2f}")


def data(batch: int):  # type: ignore[no-untyped-def]
    import numpy as np

    rng = np.random.default_rng(0)
    X = rng.random((batch, 64), dtype=np.float32)
    y = rng.integers(0, 10, batch)
    W1 = rng.standard_normal((64, 50), dtype=np.float32) * np.float32(0.18)
    W2 = rng.standard_normal((50, 10), dtype=np.float32) * np.float32(0.2)
    return X, y, [W1, np.zeros(50, np.float32), W2, np.zeros(10, np.float32)]


def hand_written(batch: int) -> Callable[[], None]:
    import numpy as np

    X, y, parameters = data(batch)
    W1, b1, W2, b2 = parameters
    rows = np.arange(batch)
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    t = 0

    def step() -> None:
        nonlocal t
        A = X @ W1 + b1
        H = np.maximum(A, 0)
        Z = H @ W2 + b2
        Z -= Z.max(axis=1, keepdims=True)
        e = np.exp(Z)
        total = e.sum(axis=1, keepdims=True)
        float(np.mean(np.log(total[:, 0]) - Z[rows, y]))
        dZ = e / total
        dZ[rows, y] -= 1
        dZ /= batch
        dA = (dZ @ W2.T) * (A > 0)
        gradients = [X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)]
        t += 1
        for p, g, (m, v) in zip(parameters, gradients, moments, strict=True):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * (g * g)
            p -= (1e-3 / (1 - 0.9**t)) * m / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    return step


def network(batch: int):  # type: ignore[no-untyped-def]
    import numpy as np

    import nn

    X, y, parameters = data(batch)
    net = nn.MLP([64, 50, 10], dtype=np.float32)
    for p, value in zip(net.parameters(), parameters, strict=True):
        p.value = value
    return X, y, net, nn.CrossEntropyLoss(), nn.optim.Adam(net.parameters(), lr=1e-3)


def built(batch: int) -> Callable[[], None]:
    X, y, net, loss, optimizer = network(batch)

    def step() -> None:
        optimizer.zero_grad()
        L = loss(net(X), y)
        L.item()
        L.backward()
        optimizer.step()

    return step


def run_again(batch: int) -> Callable[[], None]:
    import autograd_core as ag

    X, y, net, loss, optimizer = network(batch)
    X_node, y_node = ag.InitialNode(X, requires_grad=False), ag.InitialNode(y)
    graph = ag.Graph(loss(net(X_node), y_node))

    def step() -> None:
        X_node.value = X
        y_node.value = y
        graph.forward()
        graph.output.item()
        optimizer.zero_grad()
        graph.backward()
        optimizer.step()

    return step


def pytorch(batch: int, threads: int) -> Callable[[], None]:
    import torch

    torch.set_num_threads(threads)
    X, y, parameters = data(batch)
    net = torch.nn.Sequential(torch.nn.Linear(64, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10))
    with torch.no_grad():
        for p, value in zip(net.parameters(), parameters, strict=True):
            p.copy_(torch.from_numpy(value.T))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    X_tensor, y_tensor = torch.from_numpy(X), torch.from_numpy(y)

    def step() -> None:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(X_tensor), y_tensor)
        loss.item()
        loss.backward()
        optimizer.step()

    return step


def jax_compiled(batch: int, threads: int) -> Callable[[], None]:
    import jax
    import jax.numpy as jnp

    X, y, parameters = data(batch)

    def loss(parameters, X, y):  # type: ignore[no-untyped-def]
        W1, b1, W2, b2 = parameters
        Z = jnp.maximum(X @ W1 + b1, 0) @ W2 + b2
        return jnp.mean(jax.nn.logsumexp(Z, axis=1) - Z[jnp.arange(len(y)), y])

    @jax.jit
    def change(parameters, moments, t, X, y):  # type: ignore[no-untyped-def]
        L, gradients = jax.value_and_grad(loss)(parameters, X, y)
        t = t + 1
        moments = [
            (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g)
            for (m, v), g in zip(moments, gradients, strict=True)
        ]
        parameters = [
            p - (1e-3 / (1 - 0.9**t)) * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
            for p, (m, v) in zip(parameters, moments, strict=True)
        ]
        return L, parameters, moments, t

    zeros = [(jnp.zeros(p.shape, p.dtype),) * 2 for p in parameters]
    state = [[jnp.asarray(p) for p in parameters], zeros, jnp.float32(0)]

    def step() -> None:
        L, *state[:] = change(*state, X, y)
        float(L)

    start = time.perf_counter()
    step()
    print(f"JAX compiled the step in {time.perf_counter() - start:.2f} seconds")
    return step


if __name__ == "__main__":
    main()
