"""K29: minibatches, loss and optimizer."""

from helpers.grading.answers import right, wrong

EXERCISE = "k29-start"
NAME = "start_backprop"


@right
def by_ceil(xtrain, net, B=100, gamma=0.001, rho=0.9):
    NB = int(np.ceil(xtrain.size()[0] / B))
    return NB, nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@right
def by_floor_and_one(xtrain, net, B=100, gamma=0.001, rho=0.9):
    NB = (len(xtrain) - 1) // B + 1
    optimizer = torch.optim.SGD(list(net.parameters()), momentum=rho, lr=gamma)
    return NB, F.cross_entropy, optimizer


@wrong("the last images are dropped")
def rounds_down(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return len(xtrain) // B, nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@wrong("NB with a point")
def with_a_point(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return len(xtrain) / B, nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@wrong("no momentum")
def no_momentum(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=gamma)


@wrong("gamma and rho exchanged")
def exchanged(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=rho, momentum=gamma)


@wrong("Adam")
def adam(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=gamma)


@wrong("squared error")
def squared_error(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return -(-len(xtrain) // B), nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@wrong("the sum over the minibatch")
def sum_of_losses(xtrain, net, B=100, gamma=0.001, rho=0.9):
    loss = nn.CrossEntropyLoss(reduction="sum")
    return -(-len(xtrain) // B), loss, torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@wrong("one minibatch too many where B divides N", passes="visible")
def one_too_many(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return len(xtrain) // B + 1, nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@wrong("figures built in", passes="visible")
def built_in(xtrain, net, B=100, gamma=0.001, rho=0.9):
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)


@wrong("only the first parameter is trained", passes="visible")
def first_parameter(xtrain, net, B=100, gamma=0.001, rho=0.9):
    first = list(net.parameters())[:1]
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.SGD(first, lr=gamma, momentum=rho)


@wrong("the labels play no part", passes="visible")
def labels_ignored(xtrain, net, B=100, gamma=0.001, rho=0.9):
    def loss(logits, labels):
        return F.cross_entropy(logits, torch.zeros_like(labels))

    return -(-len(xtrain) // B), loss, torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)


@right
def number_of_images_from_the_shape(xtrain, net, B=100, gamma=0.001, rho=0.9):
    number, _channels, _height, _width = xtrain.shape
    optimizer = torch.optim.SGD(net.parameters(), gamma, rho)
    return len(range(0, number, B)), nn.CrossEntropyLoss(), optimizer


@wrong("steps for another network of the same class", passes="visible")
def another_network(xtrain, net, B=100, gamma=0.001, rho=0.9):
    other = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), torch.optim.SGD(other.parameters(), lr=gamma, momentum=rho)


@wrong("Nesterov's momentum", passes="visible")
def nesterov(xtrain, net, B=100, gamma=0.001, rho=0.9):
    optimizer = torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho, nesterov=True)
    return -(-len(xtrain) // B), nn.CrossEntropyLoss(), optimizer


@wrong("the loss knows no gradient", passes="visible")
def loss_without_gradient(xtrain, net, B=100, gamma=0.001, rho=0.9):
    def loss(logits, labels):
        return F.cross_entropy(logits.detach(), labels)

    return -(-len(xtrain) // B), loss, torch.optim.SGD(net.parameters(), lr=gamma, momentum=rho)
