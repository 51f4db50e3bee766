"""Modules in a list or a dictionary, where plain lists and dictionaries would hide them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from typing import Any, NoReturn, Self

from nn.module import Module, as_module


class Container(Module):
    """The virtual parent of modules that hold others and compute nothing by themselves."""

    def forward(self, *_: Any) -> NoReturn:
        """An error: the modules in it are called, one by one."""
        name = type(self).__name__
        raise NotImplementedError(f"{name} computes nothing: call the modules in it, one by one")


class ModuleList(Container, MutableSequence[Module]):
    """Modules in a list, which `parameters()`, `state_dict()` and the rest find.

    It has the methods of a list; slices and sums are new lists of the same modules. `append` and
    `extend` return the list, as in PyTorch. To call the modules one after the other, `Sequential`
    is shorter.

    >>> import nn
    >>> class Sum(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.parts = nn.ModuleList(nn.Linear(2, 1) for _ in range(3))
    ...     def forward(self, X):
    ...         return sum(part(X) for part in self.parts)
    >>> [path for path, _ in Sum().named_parameters()][:3]
    ['parts.0.weight', 'parts.0.bias', 'parts.1.weight']
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._put([] if modules is None else modules)

    def _put(self, modules: Iterable[Module]) -> Self:
        """Hold these modules instead, by their numbers."""
        checked = [as_module(type(self).__name__, i, each) for i, each in enumerate(modules)]
        for i in range(len(self)):
            delattr(self, str(i))
        for i, module in enumerate(checked):
            setattr(self, str(i), module)
        return self

    def __len__(self) -> int:
        return sum(name.isdecimal() for name in vars(self))

    def __iter__(self) -> Iterator[Module]:
        return iter([vars(self)[str(i)] for i in range(len(self))])

    def __getitem__(self, index: Any) -> Any:
        found = list(self)[index]
        return type(self)(found) if isinstance(index, slice) else found

    def __setitem__(self, index: Any, value: Any) -> None:
        modules = list(self)
        modules[index] = value
        self._put(modules)

    def __delitem__(self, index: Any) -> None:
        modules = list(self)
        del modules[index]
        self._put(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def insert(self, index: int, value: Module) -> None:
        """Put a module before the one that has this number."""
        modules = list(self)
        modules.insert(index, value)
        self._put(modules)

    def append(self, value: Module) -> Self:  # type: ignore[override]
        """Add a module at the end."""
        return self._put([*self, value])

    def extend(self, values: Iterable[Module]) -> Self:  # type: ignore[override]
        """Add modules at the end."""
        if isinstance(values, Module) and not isinstance(values, Iterable):
            raise TypeError("ModuleList.extend: pass several modules, or append a single one")
        return self._put([*self, *values])


class ModuleDict(Container, MutableMapping[str, Module]):
    """Modules by name, which `parameters()`, `state_dict()` and the rest find.

    It has the methods of a dictionary. The names are strings without a dot, and no attributes
    that a module has anyway.

    >>> import nn
    >>> heads = nn.ModuleDict({"price": nn.Linear(2, 1), "size": nn.Linear(2, 1)})
    >>> heads["price"]([[1.0, 2.0]]).shape, list(heads)
    ((1, 1), ['price', 'size'])
    """

    def __init__(
        self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None
    ) -> None:
        super().__init__()
        self.update({} if modules is None else modules)

    def __len__(self) -> int:
        return len(list(self.children()))

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self.children()])

    def __getitem__(self, key: str) -> Module:
        return dict(self.children())[key]

    def __setitem__(self, key: str, value: Module) -> None:
        if not isinstance(key, str) or not key or "." in key:
            raise KeyError(f"ModuleDict: {key!r} is no name: it must be a string without a dot")
        if key not in self and hasattr(self, key):
            raise KeyError(f"ModuleDict: {key!r} is an attribute that every ModuleDict has")
        setattr(self, key, as_module("ModuleDict", key, value))

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        delattr(self, key)

    # A module is itself alone, and may be kept in sets: a mapping would compare by its items.
    __eq__ = object.__eq__
    __hash__ = object.__hash__
