"""K15: two ways onto the device."""

from helpers.grading.answers import right, wrong

EXERCISE = "k15-allocate"
NAME = "follow"


@right
def step_by_step(shape, device):
    before = torch.randn(*shape)
    x = before.to(device)
    y = torch.randn(*shape, device=device)
    z = x + y
    return before, x, y, z


@right
def in_one_line_each(shape, device):
    y = torch.randn(size=shape, device=device)
    before = torch.randn(size=shape, device="cpu")
    moved = before.to(device=device)
    return [before, moved, y, torch.add(moved, y)]


@right
def filled_in_place(shape, device):
    x = torch.empty(shape).normal_()
    moved, y = x.to(device), torch.empty(shape, device=device).normal_()
    return [x, moved, y, moved + y]


@wrong("texts in place of tensors")
def texts(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [t.device.type for t in (x, moved, y, moved + y)]


@wrong("three in place of four")
def three(shape, device):
    x, y = torch.randn(shape).to(device), torch.randn(shape, device=device)
    return [x, y, x + y]


@wrong("the GPU, whatever is given")
def always_cuda(shape, device):
    x, y = torch.randn(shape), torch.randn(shape, device="cuda")
    return [x, x.cuda(), y, x.cuda() + y]


@wrong("draws x anew after the move")
def drawn_twice(shape, device):
    y = torch.randn(shape, device=device)
    x = torch.randn(shape, device=device)
    return [torch.randn(shape), x, y, x + y]


@wrong("takes .to for a change in place: x stays on the CPU")
def lost_move(shape, device):
    x = torch.randn(shape)
    x.to(device)
    y = torch.randn(shape, device=device)
    return [x, x, y, y + y]


@wrong("everything on the CPU")
def all_cpu(shape, device):
    x, y = torch.randn(shape), torch.randn(shape)
    return [x, x, y, x + y]


@wrong("x is drawn on the device at once")
def drawn_there(shape, device):
    x = torch.randn(shape, device=device)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [x, moved, y, moved + y]


@wrong("y stays on the CPU: the sum fails on any other device")
def y_on_cpu(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape)
    return [x, moved, y, moved + y]


@wrong("moves the sum back")
def moved_back(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [x, moved, y, torch.empty_like(moved + y, device="cpu")]


@wrong("y is moved too, in place of drawn there", passes="visible")
def both_moved(shape, device):
    x, y = torch.randn(shape), torch.randn(shape)
    moved, there = x.to(device), y.to(device)
    return [x, moved, there, moved + there]


@wrong("two sizes only", passes="visible")
def two_sizes(shape, device):
    x = torch.randn(shape[0], shape[1])
    moved, y = x.to(device), torch.randn(shape[0], shape[1], device=device)
    return [x, moved, y, moved + y]


@wrong("uniform numbers", passes="visible")
def uniform(shape, device):
    x = torch.rand(shape)
    moved, y = x.to(device), torch.rand(shape, device=device)
    return [x, moved, y, moved + y]


@wrong("y has the numbers of x", passes="visible")
def same_numbers(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), x.clone().to(device)
    return [x, moved, y, moved + y]


@wrong("draws new numbers on the device in place of a move", passes="visible")
def drawn_anew(shape, device):
    before = torch.randn(shape)
    x = before if before.device == device else torch.randn(shape, device=device)
    y = torch.randn(shape, device=device)
    return [before, x, y, x + y]


@right
def copied_into_place(shape, device):
    before = torch.randn(shape)
    x = torch.empty_like(before, device=device).copy_(before)
    y = torch.randn(shape, device=device)
    return [before, x, y, x + y]
