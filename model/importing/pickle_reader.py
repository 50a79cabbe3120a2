"""Read a pickle as data: nothing in it is imported or called.

Pickles are programs. This reader runs the instructions that build plain values; where the program would import or
call something, it records the name and the arguments instead. Lists and dictionaries are built as usual.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any, Protocol, cast

from edgeglow.model.errors import EdgeglowError

MOST_STEPS = 400_000  # a state dict needs about thirty for each tensor
KEYS = (str, int, float, bool, bytes, type(None))  # types that hash quickly, whatever the file holds


@dataclass(frozen=True)
class PickledName:
    """A name that the pickle would import."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False, repr=False)
class PickledObject:
    """A record of an object that the pickle would make by a call, with the state and items it would then set."""

    by: Any
    arguments: tuple[Any, ...] = ()
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The full name of the function, such as "torch.nn.modules.linear.Linear"; "" if it is not a name."""
        return str(self.by) if isinstance(self.by, PickledName) else ""


@dataclass(eq=False, repr=False)
class ExternalReference:
    """A reference to data outside the pickle, by an identifier."""

    identifier: Any


def is_class_reference(outside: ExternalReference) -> bool:
    """Return whether this refers to a module's class and source code, as PyTorch's older format does."""
    match outside.identifier:
        case ("module", PickledName(), *_):
            return True
    return False


class _Mark:
    pass


MARK = _Mark()
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
EMPTY: dict[str, Callable[[], Any]] = {
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
}
VALUES = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
}  # fmt: skip
PUTS = {"PUT", "BINPUT", "LONG_BINPUT"}
GETS = {"GET", "BINGET", "LONG_BINGET"}


class Stream(Protocol):
    """The source of a pickle; a read beyond its end returns the bytes that are left."""

    def read(self, size: int, /) -> bytes: ...

    def readline(self) -> bytes: ...


def read_pickle(stream: Stream, outside: list[ExternalReference] | None = None) -> Any:
    """Return the values of the pickle that starts here, and leave the stream at its end.

    ``outside`` is filled with all references to data outside the pickle. Raises EdgeglowError, or the exceptions of
    pickletools for damage (ValueError and its subclasses).
    """
    machine = _Machine([] if outside is None else outside)
    for count, (code, argument, _) in enumerate(pickletools.genops(cast(IO[bytes], stream))):
        if count >= MOST_STEPS:
            raise EdgeglowError(f"its pickle has more than {MOST_STEPS:,} instructions")
        if code.name == "STOP":
            break
        machine.step(code.name, argument)
    return machine.pop()


class _Machine:
    """The stack and the memo of a pickle that is being read."""

    def __init__(self, outside: list[ExternalReference]) -> None:
        self.outside = outside
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is MARK:
            raise EdgeglowError("its pickle is damaged: a value is missing")
        return self.stack.pop()

    def top(self) -> Any:
        value = self.pop()
        self.stack.append(value)
        return value

    def to_mark(self) -> list[Any]:
        values: list[Any] = []
        while self.stack:
            value = self.stack.pop()
            if value is MARK:
                return values[::-1]
            values.append(value)
        raise EdgeglowError("its pickle is damaged: a mark is missing")

    def step(self, code: str, argument: Any) -> None:
        push = self.stack.append
        if code in VALUES:
            push(argument)
        elif code in PUTS:
            self.memo[argument] = self.top()
        elif code == "MEMOIZE":
            self.memo[len(self.memo)] = self.top()
        elif code in GETS:
            if argument not in self.memo:
                raise EdgeglowError("its pickle is damaged: it repeats what was not there")
            push(self.memo[argument])
        elif code in CONSTANTS:
            push(CONSTANTS[code])
        elif code in EMPTY:
            push(EMPTY[code]())
        elif code == "MARK":
            push(MARK)
        elif (method := getattr(self, f"do_{code.lower()}", None)) is not None:
            method(argument)
        elif code not in {"PROTO", "FRAME"}:
            raise EdgeglowError(f"its pickle has the instruction {code}, which no network needs")

    def do_pop(self, _: Any) -> None:
        if not self.stack:
            raise EdgeglowError("its pickle is damaged: a value is missing")
        self.stack.pop()

    def do_pop_mark(self, _: Any) -> None:
        self.to_mark()

    def do_dup(self, _: Any) -> None:
        self.stack.append(self.top())

    def do_tuple(self, _: Any) -> None:
        self.stack.append(tuple(self.to_mark()))

    def do_tuple1(self, _: Any) -> None:
        self._tuple(1)

    def do_tuple2(self, _: Any) -> None:
        self._tuple(2)

    def do_tuple3(self, _: Any) -> None:
        self._tuple(3)

    def _tuple(self, count: int) -> None:
        self.stack.append(tuple([self.pop() for _ in range(count)][::-1]))

    def do_list(self, _: Any) -> None:
        self.stack.append(self.to_mark())

    def do_frozenset(self, _: Any) -> None:
        self.stack.append(self.to_mark())  # as a list: hashing values from a file may never end

    def do_dict(self, _: Any) -> None:
        values = self.to_mark()
        made: dict[Any, Any] = {}
        _fill(made, values)
        self.stack.append(made)

    def do_append(self, _: Any) -> None:
        self._extend([self.pop()])

    def do_appends(self, _: Any) -> None:
        self._extend(self.to_mark())

    def do_additems(self, _: Any) -> None:
        self._extend(self.to_mark())

    def _extend(self, values: list[Any]) -> None:
        if isinstance(there := self.top(), list):
            there.extend(values)  # other types with extend are not needed

    def do_setitem(self, _: Any) -> None:
        value, key = self.pop(), self.pop()
        self._set([key, value])

    def do_setitems(self, _: Any) -> None:
        self._set(self.to_mark())

    def _set(self, values: list[Any]) -> None:
        there = self.top()
        if isinstance(there, PickledObject):
            _fill(there.items, values)
        elif isinstance(there, dict):
            _fill(there, values)

    def do_global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self.stack.append(PickledName(module, name))

    def do_stack_global(self, _: Any) -> None:
        name, module = self.pop(), self.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise EdgeglowError("its pickle is damaged: it imports what has no name")
        self.stack.append(PickledName(module, name))

    def do_binpersid(self, _: Any) -> None:
        outside = ExternalReference(self.pop())
        self.outside.append(outside)
        self.stack.append(outside.identifier[1] if is_class_reference(outside) else outside)

    def do_reduce(self, _: Any) -> None:
        arguments, function = self.pop(), self.pop()
        if not isinstance(arguments, tuple):
            raise EdgeglowError("its pickle is damaged: it calls something without arguments")
        self.stack.append(PickledObject(function, arguments))

    do_newobj = do_reduce

    def do_newobj_ex(self, _: Any) -> None:
        self.pop()
        self.do_reduce(None)

    def do_obj(self, _: Any) -> None:
        values = self.to_mark()
        self.stack.append(PickledObject(values[0] if values else None, tuple(values[1:])))

    def do_inst(self, argument: str) -> None:
        values = self.to_mark()
        module, _, name = argument.partition(" ")
        self.stack.append(PickledObject(PickledName(module, name), tuple(values)))

    def do_build(self, _: Any) -> None:
        state, there = self.pop(), self.top()
        if isinstance(there, PickledObject):
            there.state = state


def _fill(there: dict[Any, Any], values: list[Any]) -> None:
    if len(values) % 2:
        raise EdgeglowError("its pickle is damaged: a value is missing")
    for key, value in zip(values[::2], values[1::2], strict=True):
        if isinstance(key, KEYS):
            there[key] = value
