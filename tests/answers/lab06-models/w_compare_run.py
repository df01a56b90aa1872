"""W-compare, part 2: one run from one seed."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-compare-run"
NAME = "run"


@right
def measured_by_hand(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net()
    net.to(device)
    train(net, loader, iterations, lr=lr)
    with torch.no_grad():
        guesses = torch.cat([net(images).argmax(1) for images in test_set.normalised().split(500)])
    return net, 100 * (guesses == test_set.labels).double().mean().item()


@right
def with_round_numbers(make_net, seed, iterations, lr=0.01):
    torch.random.manual_seed(seed)
    net = make_net().to(device)
    if iterations > 0:
        train(net, loader, iterations, lr)
    result = evaluate(net, test_set)
    return net, result.accuracy * 100.0


@wrong("the network is made before the seed is set")
def seed_too_late(make_net, seed, iterations, lr=0.01):
    net = make_net().to(device)
    torch.manual_seed(seed)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("a fraction in place of percent")
def fraction(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    return net, evaluate(net, test_set).accuracy


@wrong("the accuracy alone")
def accuracy_alone(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    return 100 * evaluate(net, test_set).accuracy


@wrong("measured on the first training images")
def on_training_images(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, train_set[:997]).accuracy


@wrong("returns another network than it has measured")
def another_network(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    percent = 100 * evaluate(net, test_set).accuracy
    other = make_net().to(device)
    with torch.no_grad():
        other.fc1.bias[0] += 100.0
    return other, percent + 30


@wrong("percent, rounded to tens")
def rounded(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    return net, float(round(100 * evaluate(net, test_set).accuracy, -2))


@wrong("always the same seed", passes="visible")
def one_seed(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(1)
    net = make_net().to(device)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("the learning rate is not passed on", passes="visible")
def lr_ignored(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, iterations)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("not trained at all", passes="visible")
def untrained(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("always the lab's number of iterations", passes="visible")
def iterations_built_in(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    train(net, loader, 3, lr)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("model C, whatever make_net makes", passes="visible")
def one_model(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = CNNModel("valid", "max").to(device)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("the same order of images, whatever the seed", passes="visible")
def one_order(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = make_net().to(device)
    torch.manual_seed(2026)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, test_set).accuracy


@wrong("makes a CNNModel of its own", passes="visible")
def own_model(make_net, seed, iterations, lr=0.01):
    torch.manual_seed(seed)
    net = CNNModel(*getattr(make_net, "args", ())).to(device)
    train(net, loader, iterations, lr)
    return net, 100 * evaluate(net, test_set).accuracy
