"""K30: the training loop."""

import copy

from helpers.grading.answers import right, wrong

EXERCISE = "k30-backprop"
NAME = "backprop_deep"


@right
def with_randperm(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        order, hundred = torch.randperm(len(xtrain)), 0.0
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            hundred += loss.item()
            if (k + 1) % 100 == 0:
                print(f"[{epoch + 1:d}, {k + 1:5d}] loss: {hundred / 100:.3f}")
                hundred = 0.0
    return losses


@right
def with_split(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    optimizer = torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)
    losses = []
    for epoch in range(T):
        for k, index in enumerate(torch.randperm(xtrain.size(0)).split(B), start=1):
            loss = F.cross_entropy(net(xtrain[index]), ltrain[index])
            net.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            if k % 100 == 0:
                print(f"[{epoch + 1}, {k:5}] loss: {np.mean(losses[-100:]):.3f}")
    return losses


@right
def momentum_by_hand(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    speeds = [torch.zeros_like(p) for p in net.parameters()]
    losses = []
    for epoch in range(T):
        minibatches = np.array_split(np.random.permutation(len(xtrain)), range(B, len(xtrain), B))
        for k, index in enumerate(minibatches, 1):
            loss = nn.CrossEntropyLoss()(net(xtrain[index]), ltrain[index])
            gradients = torch.autograd.grad(loss, list(net.parameters()))
            with torch.no_grad():
                for parameter, speed, gradient in zip(net.parameters(), speeds, gradients, strict=True):
                    speed.mul_(rho).add_(gradient)
                    parameter.sub_(gamma * speed)
            losses.append(loss.item())
            if k % 100 == 0:
                print(f"[{epoch + 1}, {k}] loss: {sum(losses[-100:]) / 100:.3f}")
    return losses


@wrong("no backward")
def no_backward(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("no step")
def no_step(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            losses.append(loss.item())
    return losses


@wrong("trains a copy of the network")
def trains_a_copy(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    net = copy.deepcopy(net)
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("labels from other indices than the images")
def wrong_labels(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[k * B : (k + 1) * B])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("one loss an epoch")
def one_loss_an_epoch(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@wrong("keeps the graph of every loss, and drops the last epoch")
def tensors_returned(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss)
    return losses[:-NB]


@wrong("walks uphill")
def uphill(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            (-loss).backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("gradients are not set to zero")
def no_zero_grad(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("shuffles once, before the first epoch", passes="visible")
def one_order(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    order = torch.randperm(len(xtrain))
    for _ in range(T):
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("never shuffles", passes="visible")
def never_shuffled(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.arange(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("draws with replacement: some images twice, some never", passes="visible")
def with_replacement(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randint(len(xtrain), (len(xtrain),))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("takes the same minibatch all through an epoch", passes="visible")
def same_minibatch(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for _ in range(NB):
            index = order[:B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("drops the last, short minibatch", passes="visible")
def drops_the_rest(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    NB = len(xtrain) // B
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("the step size is built in", passes="visible")
def gamma_ignored(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, 0.01, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("the momentum is built in", passes="visible")
def rho_ignored(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, 0.9)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("an epoch too many, cut from the list", passes="visible")
def one_epoch_too_many(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T + 1):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses[: T * NB]


@wrong("a new optimizer in each epoch: the momentum is lost", passes="visible")
def optimizer_anew(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("softmax before the cross-entropy")
def softmax_first(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for _ in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]).softmax(1), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("prints nothing but the number", passes="visible")
def prints_no_loss(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    _, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        order = torch.randperm(len(xtrain))
        for k, index in enumerate(order.split(B)):
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}]")
    return losses


@wrong("prints the mean of all losses so far", passes="visible")
def prints_the_mean_of_all(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    _, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        order = torch.randperm(len(xtrain))
        for k, index in enumerate(order.split(B)):
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}] loss: {np.mean(losses):.3f}")
    return losses


@wrong("shuffles the minibatches, not the images", passes="visible")
def shuffles_minibatches(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    _, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        groups = torch.arange(len(xtrain)).split(B)
        for k, index in enumerate([groups[i] for i in torch.randperm(len(groups))]):
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}] loss: {sum(losses[-100:]) / 100:.3f}")
    return losses


@wrong("draws each minibatch by itself", passes="visible")
def draws_anew(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        for k, index in enumerate([torch.randint(len(xtrain), (B,)) for _ in range(NB)]):
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}] loss: {sum(losses[-100:]) / 100:.3f}")
    return losses


@wrong("minibatches of 20, whatever B is", passes="visible")
def batch_built_in(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    _, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        order = torch.randperm(len(xtrain))
        for k, index in enumerate(order.split(20)):
            optimizer.zero_grad()
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}] loss: {sum(losses[-100:]) / 100:.3f}")
    return losses


@wrong("cleans up after each step: the first one sees what others left behind", passes="visible")
def cleans_up(xtrain, ltrain, net, T, B=100, gamma=0.001, rho=0.9):
    NB, criterion, optimizer = start_backprop(xtrain, net, B, gamma, rho)
    losses = []
    for epoch in range(T):
        order = torch.randperm(len(xtrain))
        for k in range(NB):
            index = order[k * B : (k + 1) * B]
            loss = criterion(net(xtrain[index]), ltrain[index])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if k % 100 == 99:
                print(f"[{epoch + 1}, {k + 1:5}] loss: {sum(losses[-100:]) / 100:.3f}")
    return losses
