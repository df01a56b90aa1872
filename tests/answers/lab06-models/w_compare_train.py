"""W-compare, part 1: train for a number of iterations."""

import copy
import itertools

from helpers.grading.answers import right, wrong

EXERCISE = "w-compare-train"
NAME = "train"


@right
def with_return(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    if iterations == 0:
        return losses
    while True:
        for images, labels in loader:
            loss = loss_on(net, images, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == iterations:
                return losses


@right
def with_an_iterator(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr)
    losses, iterator = [], iter(())
    for _ in range(iterations):
        try:
            images, labels = next(iterator)
        except StopIteration:
            iterator = iter(loader)
            images, labels = next(iterator)
        optimizer.zero_grad()
        loss = loss_on(net, images, labels)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


@right
def step_by_hand(net, loader, iterations, lr=0.01):
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            loss = loss_on(net, images, labels)
            gradients = torch.autograd.grad(loss, list(net.parameters()))
            with torch.no_grad():
                for parameter, gradient in zip(net.parameters(), gradients, strict=True):
                    parameter -= lr * gradient
            losses.append(loss.item())
            if len(losses) >= iterations:
                break
    return losses


@wrong("one pass only")
def one_pass(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _, (images, labels) in zip(range(iterations), loader, strict=False):
        optimizer.zero_grad()
        loss = loss_on(net, images, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@wrong("takes iterations for epochs")
def epochs_for_iterations(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(iterations):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("gradients are not set to zero")
def no_zero_grad(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses


@wrong("no step")
def no_step(net, loader, iterations, lr=0.01):
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            loss = loss_on(net, images, labels)
            loss.backward()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses


@wrong("with momentum")
def momentum(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses


@wrong("trains a copy")
def trains_a_copy(net, loader, iterations, lr=0.01):
    net = copy.deepcopy(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses


@wrong("returns nothing")
def returns_nothing(net, loader, iterations, lr=0.01):
    optimizer, step = torch.optim.SGD(net.parameters(), lr=lr), 0
    while step < iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss_on(net, images, labels).backward()
            optimizer.step()
            step += 1
            if step == iterations:
                break


@wrong("one iteration too many")
def one_too_many(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while len(losses) <= iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) > iterations:
                break
    return losses


@wrong("the document's arithmetic: whole epochs, rounded down", passes="visible")
def whole_epochs(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(int(iterations / len(list(loader)))):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("repeats the first pass", passes="visible")
def cycle_of_the_first(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for images, labels in itertools.islice(itertools.cycle(loader), iterations):
        optimizer.zero_grad()
        loss = loss_on(net, images, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@wrong("the learning rate is built in", passes="visible")
def lr_built_in(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses


@wrong("stops only at the end of a pass, and cuts the list", passes="visible")
def stops_late(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses[:iterations]


@wrong("takes one step even where none is asked for", passes="visible")
def one_at_least(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) >= iterations:
                return losses


@wrong("cleans up after each step: the first one sees what others left behind", passes="visible")
def cleans_up(net, loader, iterations, lr=0.01):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    while len(losses) < iterations:
        for images, labels in loader:
            loss = loss_on(net, images, labels)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if len(losses) == iterations:
                break
    return losses
