"""K33: ten epochs against three."""

from helpers.grading.answers import right, wrong

EXERCISE = "k33-gain"
VALUES = ("after_10", "gain")


@right
def data_moved(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1]
    return after_10, after_10 - after


@right
def both_measured(evaluate, net_3, net_10, xtest, ltest, after, device):
    both = []
    for net, where in ((net_3, "cpu"), (net_10, device)):
        with torch.no_grad():
            predictions = net(xtest.to(where)).argmax(1).cpu()
        both.append(100 * (predictions == ltest).double().mean().item())
    return both[1], both[1] - both[0]


@wrong("net_3 measured again")
def the_other_network(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_3, xtest, ltest)[1]
    return after_10, after_10 - after


@wrong("fractions, not percent")
def fractions(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1] / 100
    return after_10, after_10 - after / 100


@wrong("the logits too")
def the_whole_pair(evaluate, net_3, net_10, xtest, ltest, after, device):
    pair = evaluate(net_10, xtest.to(device), ltest.to(device))
    return pair, pair[1] - after


@wrong("a tensor")
def a_tensor(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = torch.tensor(evaluate(net_10, xtest.to(device), ltest.to(device))[1])
    return after_10, after_10 - after


@wrong("the figure that the document gives")
def a_typed_figure(evaluate, net_3, net_10, xtest, ltest, after, device):
    return 50.0, 50.0 - after


@wrong("the sign of the gain", passes="visible")
def loss_for_gain(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1]
    return after_10, after - after_10


@wrong("the gain over the untrained network", passes="visible")
def gain_over_nothing(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1]
    return after_10, after_10 - 10.0


@wrong("the gain as a ratio", passes="visible")
def ratio(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1]
    return after_10, after_10 / after
