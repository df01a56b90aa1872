"""K1: a matrix whose values nobody has set."""

from helpers.grading.answers import right, wrong

EXERCISE = "k1-empty"
NAME = "empty_matrix"


@right
def by_table(rows, columns, bits=32):
    dtypes = {16: torch.half, 32: torch.float, 64: torch.double}
    return torch.empty((rows, columns), dtype=dtypes[bits])


@right
def by_name(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}"))


@right
def legacy_spelling(rows, columns, bits=32):
    legacy = {16: torch.HalfTensor, 32: torch.Tensor, 64: torch.DoubleTensor}
    return legacy[bits](rows, columns)


@right
def another_dtype_later(rows, columns, bits=32):
    return torch.empty(rows, columns).to({16: torch.float16, 32: torch.float32, 64: torch.float64}[bits])


@right
def out_of_a_larger_one(rows, columns, bits=32):
    return torch.empty(2, rows, columns + 1, dtype=getattr(torch, f"float{bits}"))[0, :, :columns]


@wrong("the sizes become the values")
def sizes_as_values(rows, columns, bits=32):
    return torch.Tensor((rows, columns))


@wrong("columns first")
def swapped(rows, columns, bits=32):
    return torch.empty(columns, rows, dtype=getattr(torch, f"float{bits}"))


@wrong("float64 by default")
def double(rows, columns, bits=64):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}"))


@wrong("ignores the bits")
def usual_dtype(rows, columns, bits=32):
    return torch.empty(rows, columns)


@wrong("an array of NumPy")
def array(rows, columns, bits=32):
    return np.empty((rows, columns), dtype=f"float{bits}")


@wrong("one dimension only")
def flat(rows, columns, bits=32):
    return torch.empty(rows * columns, dtype=getattr(torch, f"float{bits}"))


@wrong("prints and returns nothing")
def only_prints(rows, columns, bits=32):
    print(torch.empty(rows, columns))


@wrong("zeros: all values are set")
def with_zeros(rows, columns, bits=32):
    return torch.zeros((rows, columns), dtype=getattr(torch, f"float{bits}"))


@wrong("reserved and then filled")
def filled(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}")).fill_(1)


@wrong("random numbers: they are drawn")
def drawn(rows, columns, bits=32):
    return torch.randn(rows, columns, dtype=getattr(torch, f"float{bits}"))


@wrong("zeros by a method of another tensor")
def zeros_by_method(rows, columns, bits=32):
    return torch.empty(0, dtype=getattr(torch, f"float{bits}")).new_zeros(rows, columns)


@wrong("zeros from lists")
def zeros_from_lists(rows, columns, bits=32):
    return torch.tensor([[0.0] * columns] * rows, dtype=getattr(torch, f"float{bits}"))


@wrong("zeros of NumPy's")
def zeros_from_numpy(rows, columns, bits=32):
    return torch.from_numpy(np.zeros((rows, columns), dtype=f"float{bits}"))


@wrong("always 5×3", passes="visible")
def constant(rows, columns, bits=32):
    return torch.empty(5, 3, dtype=getattr(torch, f"float{bits}"))


@wrong("drops dimensions of size 1", passes="visible")
def squeezed(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}")).squeeze()


@wrong("bfloat16 has 16 bits too, but is another dtype", passes="visible")
def bfloat(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype={16: torch.bfloat16, 32: torch.float32, 64: torch.float64}[bits])


@right
def one_row_turned_into_a_matrix(rows, columns, bits=32):
    return torch.empty(columns * rows).to(getattr(torch, f"float{bits}")).reshape(rows, columns)


@wrong("random numbers of a distribution that nobody thinks of")
def geometric(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}")).geometric_(0.5)


@wrong("computes with what was reserved")
def times_nothing(rows, columns, bits=32):
    return torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}")) * 0


@wrong("the array on its memory is filled")
def filled_through_array(rows, columns, bits=32):
    t = torch.empty(rows, columns, dtype=getattr(torch, f"float{bits}"))
    t.numpy()[:] = 0
    return t
