"""K5: stack and cat."""

from helpers.grading.answers import right, wrong

EXERCISE = "k5-join"
NAME = "join"


@right
def by_name(x, y):
    return torch.stack([x, y], dim=0), torch.cat([x, y], dim=0), torch.cat([x, y], dim=1)


@right
def by_hand(x, y):
    return torch.cat((x[None], y[None])), torch.vstack((x, y)), torch.hstack((x, y))


@wrong("stacks along dimension 1")
def stack_one(x, y):
    return torch.stack((x, y), 1), torch.cat((x, y), 0), torch.cat((x, y), 1)


@wrong("cat along 1 before cat along 0")
def exchanged(x, y):
    return torch.stack((x, y)), torch.cat((x, y), 1), torch.cat((x, y), 0)


@wrong("returns the stack only")
def only_stack(x, y):
    return torch.stack((x, y))


@wrong("cat in place of stack")
def no_stack(x, y):
    return torch.cat((x, y)), torch.cat((x, y), 0), torch.cat((x, y), 1)


@wrong("prints the shapes and returns nothing")
def only_prints(x, y):
    print(torch.stack((x, y)).shape)


@wrong("right shapes, but by reshaping: rows get mixed", passes="visible")
def reshaped(x, y):
    z = torch.stack((x, y))
    return z, z.reshape(-1, x.shape[1]), z.reshape(x.shape[0], -1)


@wrong("y first", passes="visible")
def y_first(x, y):
    return torch.stack((y, x)), torch.cat((y, x), 0), torch.cat((y, x), 1)


@wrong("x twice", passes="visible")
def x_twice(x, y):
    return torch.stack((x, x)), torch.cat((x, x), 0), torch.cat((x, x), 1)


@wrong("fits shape (5, 3) only", passes="visible")
def fixed_shape(x, y):
    z = torch.empty(2, 5, 3)
    z[0], z[1] = x, y
    return z, z.view(10, 3), torch.cat((x, y), 1)
