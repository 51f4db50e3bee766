"""Modules, which hold parameters and other modules: what a network is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from autograd_core.conversions import warn
from nn.arguments import plain
from nn.parameter import Buffer, Held, Parameter

__all__ = ["Buffer", "Module", "Parameter", "Sequential"]

T = TypeVar("T")


class HiddenModuleWarning(UserWarning):
    """Modules or parameters stand where `parameters()` does not find them."""


class Module:
    """A function with parameters: the parent of layers, losses and whole networks.

    A subclass makes its parts in `__init__` (after `super().__init__()`) and computes in
    `forward`. Attributes that are a `Parameter`, a `Buffer` or a `Module` are found by
    `parameters()`, `state_dict()` and the rest, random generators by `named_generators()`; those
    inside a plain list or dictionary are not, which a `HiddenModuleWarning` tells: use
    `Sequential`, `ModuleList` or `ModuleDict`.

    >>> import nn
    >>> class LinearModel(nn.Module):
    ...     def __init__(self, n_features):
    ...         super().__init__()
    ...         self.out = nn.Linear(n_features, 1)
    ...     def forward(self, X):
    ...         return self.out(X)
    >>> LinearModel(3)
    LinearModel, 4 parameters
      out: Linear(in_features=3, out_features=1, bias=True), weight (3, 1), bias (1,), 4 parameters
    """

    training: bool

    def __init__(self) -> None:
        vars(self)["training"] = True

    def forward(self, *inputs: Any) -> Any:
        """The output, computed from `inputs` by operations. Every module says here what it does."""
        raise NotImplementedError(f"{type(self).__name__} has no method `forward`: define it")

    def __call__(self, *inputs: Any) -> Any:
        """Return `forward(*inputs)`."""
        if "training" not in vars(self):
            raise AttributeError(self._needs_init("before it is called"))
        output = self.forward(*inputs)
        if output is None:
            raise TypeError(f"{type(self).__name__}.forward returned None: is a `return` missing?")
        if getattr(output, "_inputs", None):
            # For drawings: what lies between the inputs and the output was made by this module.
            output._call = self, inputs, getattr(output, "_call", None)
        return output

    def __setattr__(self, name: str, value: Any) -> None:
        attributes = vars(self)
        if "training" not in attributes:
            raise AttributeError(self._needs_init(f"before the attribute {name!r} is set"))
        old = attributes.get(name)
        kind = Buffer if isinstance(old, Buffer) else Parameter
        if isinstance(old, kind) and not (value is None or isinstance(value, kind)):
            raise TypeError(
                f"{type(self).__name__}.{name} is a {kind.__name__.lower()} and can't become a "
                f"{type(value).__name__}: to change its value, set {name}.value"
            )
        super().__setattr__(name, value)
        if _parts(value):
            self._tell_hidden(name, value)

    def _tell_hidden(self, name: str, value: Any) -> None:
        """Warn if a plain container holds modules or parameters that are found nowhere else."""
        known = {id(self)}
        for _, module in self.named_modules():
            known.update(map(id, vars(module).values()))
        if any(id(x) not in known for x in _parts(value)):
            warn(
                f"{type(self).__name__}.{name} is a plain {type(value).__name__} of modules or "
                f"parameters, in which parameters(), state_dict() and train() do not find them, so "
                f"that no optimizer trains them. Use ModuleList or ModuleDict, or make each an "
                f"attribute",
                HiddenModuleWarning,
            )

    def _needs_init(self, when: str) -> str:
        return f"{type(self).__name__}: call super().__init__() in its __init__ {when}"

    # What a module holds is read off its attributes, so there is no second list to keep in step.

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules among the attributes, by name."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module (path "") and all inside it with their dotted paths, each module once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [("", self)]
        while stack:
            path, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield path, module
            below = [(_join(path, name), child) for name, child in module.children()]
            stack.extend(reversed(below))

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their dotted paths; one that is shared comes once.

        >>> import nn
        >>> [path for path, parameter in nn.MLP([2, 3, 1]).named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        return self._held(Parameter)

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """All buffers with their dotted paths; one that is shared comes once.

        >>> import nn
        >>> [path for path, buffer in nn.BatchNorm1d(3).named_buffers()]
        ['running_mean', 'running_var']
        """
        return self._held(Buffer)

    def named_generators(self) -> Iterator[tuple[str, np.random.Generator]]:
        """All random generators with their dotted paths; one that is shared comes once.

        What is drawn next depends on their states, which a training that is to be resumed
        keeps with the parameters, and puts back with `generator.bit_generator.state = state`.

        >>> import nn
        >>> net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5, rng=0))
        >>> {path: rng.bit_generator.state for path, rng in net.named_generators()}.keys()
        dict_keys(['1.rng'])
        """
        return self._held(np.random.Generator)

    def _held(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The attributes of a kind, here and in all modules inside, each once."""
        found: dict[int, tuple[str, T]] = {}
        for path, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, kind):
                    found.setdefault(id(value), (_join(path, name), value))
                elif _parts(value):
                    self._tell_hidden(_join(path, name), value)
        return iter(found.values())

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer is made with."""
        return (parameter for _, parameter in self.named_parameters())

    def num_parameters(self) -> int:
        """The number of entries of all parameters.

        >>> import nn
        >>> nn.MLP([64, 50, 10]).num_parameters()
        3760
        """
        return sum(parameter.size for parameter in self.parameters())

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """The values of all parameters and buffers by path: copies, to load or for a file."""
        return {path: np.array(node.value) for path, node in self._held(Held)}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Give parameters and buffers the values in `state`, which must be as `state_dict()` has.

        Each value is cast to its node's dtype. If a key is missing, unexpected, or has a
        value of the wrong shape or kind, a ValueError says which, and nothing is changed.
        """
        nodes = dict(self._held(Held))
        missing = [path for path in nodes if path not in state]
        unexpected = [path for path in state if path not in nodes]
        problems = []
        if missing:
            problems.append(f"missing: {', '.join(missing)}")
        if unexpected:
            problems.append(f"unexpected: {', '.join(map(str, unexpected))}")
        values = {}
        for path, node in nodes.items():
            if path not in state:
                continue
            value = np.asarray(plain(state[path]))
            if value.shape != node.shape:
                problems.append(f"{path} has shape {value.shape} where the module has {node.shape}")
            elif value.dtype.kind not in "fiub":
                problems.append(f"{path} has dtype {value.dtype}, which is no real number's")
            else:
                values[path] = value.astype(node.dtype)
        if problems:
            raise ValueError(
                f"load_state_dict: the state does not fit {type(self).__name__}: "
                f"{'; '.join(problems)}. Nothing was changed"
            )
        for path, value in values.items():
            nodes[path].value = value

    def train(self, mode: bool = True) -> Self:
        """Set `training` here and in all modules inside; return self."""
        for _, module in self.named_modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """`train(False)`: for layers that behave differently when the network is used."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the `grad` of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def to(self, target: DTypeLike) -> Self:
        """Change all parameters and buffers to a floating-point dtype, in place; return self.

        The parameters stay the same objects, and their gradients are forgotten. `to("cpu")`,
        where everything is, changes nothing; another device is an error.

        >>> import nn
        >>> nn.Linear(2, 1).to("cpu").to(np.float32).weight.dtype
        dtype('float32')
        """
        if isinstance(target, str) and target.split(":")[0] in ("cpu", "cuda", "gpu", "mps"):
            if target.split(":")[0] == "cpu":
                return self
            raise RuntimeError(
                f"{type(self).__name__}.to({target!r}): all arrays are NumPy's, in the memory of "
                f"the CPU, which is the only device. A GPU would need operations on another "
                f"array library, such as CuPy, in NumPy's place; stay with to('cpu')"
            )
        try:
            floating = target is not None and np.dtype(target).kind == "f"
        except TypeError:
            floating = False
        if not floating:
            raise TypeError(
                f"{type(self).__name__}.to: {target!r} is no floating-point dtype; pass "
                f"np.float32 or np.float64"
            )
        for _, node in self._held(Held):
            node.to(target)
        return self

    def float(self) -> Self:
        """`to(np.float32)`."""
        return self.to(np.float32)

    def double(self) -> Self:
        """`to(np.float64)`."""
        return self.to(np.float64)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a module: shown by `repr`, and stored with a model."""
        return {}

    def __repr__(self) -> str:
        return "\n".join(self._lines("", ""))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: a drawing of the network, or text."""
        from autograd_core.draw.notebook import mimebundle

        return mimebundle(self)

    def _lines(self, label: str, indent: str) -> Iterator[str]:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options().items())
        children = list(self.children())
        parts = [type(self).__name__ + (f"({options})" if options or not children else "")]
        parts += [
            f"{name} {value.shape}" for name, value in vars(self).items() if isinstance(value, Held)
        ]
        if count := self.num_parameters():
            parts.append(f"{count} parameter{'s' if count > 1 else ''}")
        yield indent + label + ", ".join(parts)
        for name, child in children:
            yield from child._lines(f"{name}: ", indent + "  ")


class Sequential(Module):
    """Modules one after the other: `Sequential(f, g)(X)` is `g(f(X))`.

    Has a length, an order, `net[i]`, and slices, which share the modules: `net[:-1]`. Without
    modules it returns its input.

    >>> import nn
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> len(net), net[1], net([[1.0, 2.0]]).shape
    (3, ReLU(), (1, 1))
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__()
        for i, module in enumerate(modules):
            setattr(self, str(i), as_module("Sequential", i, module))

    def forward(self, X: Any) -> Any:
        """Each module's output is the next one's input."""
        for module in self:
            X = module(X)
        return X

    def __len__(self) -> int:
        return len(list(self.children()))

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self.children())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        modules = list(self)
        if isinstance(index, slice):
            return Sequential(*modules[index])
        if not -len(modules) <= index < len(modules):
            raise IndexError(
                f"{type(self).__name__}: there is no module {index}, only {len(modules)}"
            )
        return modules[index]


def as_module(container: str, key: int | str, module: Any) -> Module:
    """`module`, if it is one; else an error that says where it was meant to be held."""
    if isinstance(module, Module):
        return module
    hint = ""
    if isinstance(module, (list, tuple)) and container == "Sequential":
        hint = "; unpack a list with *"
    elif isinstance(module, type) and issubclass(module, Module):
        hint = f"; make one: {module.__name__}()"
    raise TypeError(f"{container}: argument {key} is no Module but {_shown(module)}{hint}")


def _parts(value: Any, depth: int = 3) -> list[Module | Held]:
    """The modules and parameters in a plain list, tuple, set or dictionary, and in such in it."""
    if not isinstance(value, (list, tuple, set, frozenset, dict)) or not depth:
        return []
    first = islice(value.values() if isinstance(value, dict) else value, 1000)  # of data, perhaps
    found: list[Module | Held] = []
    for x in first:
        found += [x] if isinstance(x, (Module, Held)) else _parts(x, depth - 1)
    return found


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"
