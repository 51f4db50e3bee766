"""The operations: each is one class, found by its name in one of these files."""

from autograd_core.operations.activations import (
    elu,
    leaky_relu,
    relu,
    sech2,
    sigmoid,
    softplus,
    tanh,
)
from autograd_core.operations.comparisons import (
    bitwise_and,
    bitwise_or,
    equal,
    greater,
    greater_equal,
    heaviside,
    invert,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    not_equal,
    sign,
)
from autograd_core.operations.elementwise import (
    absolute,
    add,
    astype,
    clip,
    cos,
    divide,
    exp,
    expm1,
    log,
    log1p,
    lower_power,
    masked,
    maximum,
    minimum,
    multiply,
    negative,
    positive,
    power,
    sin,
    sqrt,
    square,
    subtract,
    weighted,
    where,
)
from autograd_core.operations.linear_algebra import matmul, mm
from autograd_core.operations.losses import (
    binary_cross_entropy,
    logistic_loss,
    mse,
    softmax_error,
    softmax_loss,
)
from autograd_core.operations.reductions import centered, max, mean, min, rms, sum, var
from autograd_core.operations.shapes import (
    broadcast_to,
    concatenate,
    expand_dims,
    index,
    ravel,
    reshape,
    scatter,
    squeeze,
    stack,
    swapaxes,
    take,
    transpose,
)
from autograd_core.operations.softmax import log_softmax, logsumexp, softmax

__all__ = [
    "absolute", "add", "astype", "binary_cross_entropy", "bitwise_and", "bitwise_or",
    "broadcast_to", "centered", "clip", "concatenate", "cos", "divide", "elu", "equal", "exp",
    "expand_dims", "expm1", "greater", "greater_equal", "heaviside", "index", "invert",
    "leaky_relu", "less", "less_equal", "log", "log1p", "log_softmax", "logical_and",
    "logical_not", "logical_or", "logistic_loss", "logsumexp", "lower_power", "masked", "matmul",
    "max", "maximum", "mean", "min", "minimum", "mm", "mse", "multiply", "negative", "not_equal",
    "positive", "power", "ravel", "relu", "reshape", "rms", "scatter", "sech2", "sigmoid", "sign",
    "sin", "softmax", "softmax_error", "softmax_loss", "softplus", "sqrt", "square", "squeeze",
    "stack", "subtract", "sum", "swapaxes", "take", "tanh", "transpose", "var", "weighted",
    "where",
]  # fmt: skip
