"""K16: an array with memory of its own, on every device."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k16-snapshot"
NAME = "snapshot"


@right
def clone_first(z):
    kept = z.clone().cpu().numpy()
    z.zero_()
    return kept, z


@right
def array_copies(z):
    kept = np.copy(z.cpu().numpy())
    z[...] = 0
    return kept, z


shared = changed(
    clone_first, "kept = z.clone().cpu().numpy()", "kept = z.cpu().numpy()", wrong="shares the memory of z on the CPU"
)


@wrong("zero first")
def zero_first(z):
    z.zero_()
    return z.cpu().numpy().copy(), z


tensor = changed(
    clone_first, "kept = z.clone().cpu().numpy()", "kept = z.clone()", wrong="a tensor in place of an array"
)


@wrong("does not set z to zero")
def not_zero(z):
    return z.cpu().numpy().copy(), z


through_list = changed(
    clone_first, "kept = z.clone().cpu().numpy()", "kept = np.array(z.tolist())", wrong="float64, through a list"
)


@wrong("the array only")
def array_only(z):
    kept = z.cpu().numpy().copy()
    z.zero_()
    return kept


always_float32 = changed(
    clone_first,
    "kept = z.clone().cpu().numpy()",
    "kept = np.array(z.tolist(), dtype=np.float32)",
    wrong="float32, whatever z holds",
    passes="visible",
)


@wrong("a new tensor of zeros, with the usual dtype")
def new_zeros(z):
    return z.cpu().numpy().copy(), torch.zeros(z.shape)


@wrong("goes through a flat copy of the memory, which fails for a transposed z", passes="visible")
def through_memory(z):
    kept = np.array(z.untyped_storage().tolist(), dtype=np.uint8).view(str(z.dtype).removeprefix("torch."))
    kept = kept[: z.numel()].reshape(z.shape)
    z.zero_()
    return kept, z


@right
def forced(z):
    kept = z.numpy(force=True).copy()
    z.zero_()
    return kept, z


@right
def written_over(z):
    kept = np.array(z.to("cpu").tolist(), dtype=str(z.dtype).removeprefix("torch."))
    z[...] = 0
    return kept, z


@right
def filled(z):
    kept = z.detach().cpu().clone().numpy()
    z.fill_(0)
    return kept, z


@wrong("zeroes another tensor than the one that is given")
def another_tensor(z):
    kept = z.cpu().numpy().copy()
    return kept, z * 0


stays_where_it_is = changed(
    clone_first,
    "kept = z.clone().cpu().numpy()",
    "kept = z.clone().numpy()",
    wrong="never brings z to the CPU",
    passes="visible",
)
array_at_once = changed(
    clone_first,
    "kept = z.clone().cpu().numpy()",
    "kept = np.array(z)",
    wrong="as an array at once, which fails on a GPU",
    passes="visible",
)


@wrong("zeros in other memory, under the name z")
def moved_to_other_memory(z):
    kept = z.cpu().numpy().copy()
    z.set_(z.new_zeros(z.shape))
    return kept, z


@wrong("sets z to zero, and returns a copy of it")
def copy_of_zeros(z):
    kept = z.cpu().numpy().copy()
    return kept, z.zero_().clone()


through_float64 = changed(
    clone_first,
    "clone().cpu().numpy()",
    'cpu().double().numpy().astype(str(z.dtype).removeprefix("torch."))',
    wrong="through float64: large whole numbers are rounded",
    passes="visible",
)


@wrong("times 0 leaves what is not finite", passes="visible")
def times_zero(z):
    kept = z.cpu().numpy().copy()
    z.mul_(0)
    return kept, z
