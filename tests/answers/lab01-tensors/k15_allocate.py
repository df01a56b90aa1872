"""K15: two ways onto the device."""

from helpers.grading.answers import right, wrong

EXERCISE = "k15-allocate"
NAME = "follow"


@right
def step_by_step(shape, device):
    places = []
    x = torch.randn(*shape)
    places.append(x.device.type)
    x = x.to(device)
    places.append(x.device.type)
    y = torch.randn(*shape, device=device)
    places.append(y.device.type)
    places.append((x + y).device.type)
    return places


@right
def in_one_line_each(shape, device):
    x = torch.randn(shape)
    y = torch.randn(shape, device=device)
    moved = x.to(device=device)
    z = torch.add(moved, y)
    return [x.device.type, moved.device.type, y.device.type, z.device.type]


@wrong("devices in place of texts")
def devices(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [x.device, moved.device, y.device, (moved + y).device]


@wrong("three in place of four")
def three(shape, device):
    x, y = torch.randn(shape).to(device), torch.randn(shape, device=device)
    return [x.device.type, y.device.type, (x + y).device.type]


@wrong("the GPU, whatever is given")
def always_cuda(shape, device):
    x = torch.randn(shape)
    return [
        x.device.type,
        *[t.device.type for t in (x.to("cuda"), torch.randn(shape, device="cuda"), x.cuda() + x.cuda())],
    ]


@wrong("a tuple of whole tensors")
def tensors(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [x, moved, y, moved + y]


@wrong("takes .to for a change in place: x stays on the CPU", passes="visible")
def lost_move(shape, device):
    x = torch.randn(shape)
    before = x.device.type
    x.to(device)
    y = torch.randn(shape, device=device)
    return [before, x.device.type, y.device.type, y.device.type]


@wrong("everything on the CPU", passes="visible")
def all_cpu(shape, device):
    x, y = torch.randn(shape), torch.randn(shape)
    return [t.device.type for t in (x, x, y, x + y)]


@wrong("x is drawn on the device at once", passes="visible")
def drawn_there(shape, device):
    x = torch.randn(shape, device=device)
    moved, y = x.to(device), torch.randn(shape, device=device)
    return [t.device.type for t in (x, moved, y, moved + y)]


@wrong("y stays on the CPU: the sum fails on any other device", passes="visible")
def y_on_cpu(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape)
    return [t.device.type for t in (x, moved, y, moved + y)]


@wrong("moves the sum back", passes="visible")
def moved_back(shape, device):
    x = torch.randn(shape)
    moved, y = x.to(device), torch.randn(shape, device=device)
    z = torch.empty_like(moved + y, device="cpu")
    return [t.device.type for t in (x, moved, y, z)]
