"""K33: ten epochs against three."""

from helpers.grading.answers import changed, right, wrong

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


the_other_network = changed(
    data_moved, "net_10, xtest.to(device), ltest.to(device)", "net_3, xtest, ltest", wrong="net_3 measured again"
)


@wrong("fractions, not percent")
def fractions(evaluate, net_3, net_10, xtest, ltest, after, device):
    after_10 = evaluate(net_10, xtest.to(device), ltest.to(device))[1] / 100
    return after_10, after_10 - after / 100


@wrong("the logits too")
def the_whole_pair(evaluate, net_3, net_10, xtest, ltest, after, device):
    pair = evaluate(net_10, xtest.to(device), ltest.to(device))
    return pair, pair[1] - after


a_tensor = changed(
    data_moved,
    "evaluate(net_10, xtest.to(device), ltest.to(device))[1]",
    "torch.tensor(evaluate(net_10, xtest.to(device), ltest.to(device))[1])",
    wrong="a tensor",
)


@wrong("the figure that the document gives")
def a_typed_figure(evaluate, net_3, net_10, xtest, ltest, after, device):
    return 50.0, 50.0 - after


loss_for_gain = changed(
    data_moved,
    "return after_10, after_10 - after",
    "return after_10, after - after_10",
    wrong="the sign of the gain",
    passes="visible",
)
gain_over_nothing = changed(
    data_moved,
    "return after_10, after_10 - after",
    "return after_10, after_10 - 10.0",
    wrong="the gain over the untrained network",
    passes="visible",
)
ratio = changed(
    data_moved,
    "return after_10, after_10 - after",
    "return after_10, after_10 / after",
    wrong="the gain as a ratio",
    passes="visible",
)
