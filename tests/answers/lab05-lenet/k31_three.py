"""K31: three epochs, measured before and after."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k31-three"
VALUES = ("net_3", "before", "after")


@right
def train_and_measure(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    before = evaluate(net, xtest, ltest)[1]
    backprop_deep(xtrain, ltrain, net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return net, before, evaluate(net, xtest, ltest)[1]


@right
def measured_by_hand(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()

    def accuracy():
        with torch.no_grad():
            return sum((net(xtest).argmax(1) == ltest).tolist()) / len(ltest) * 100

    before = accuracy()
    backprop_deep(xtrain, ltrain, net, T=EPOCHS_SHORT, B=BATCH, gamma=STEP_SIZE, rho=0.9)
    return net, before, accuracy()


exchanged = changed(
    train_and_measure,
    "before, evaluate(net, xtest, ltest)[1]",
    "evaluate(net, xtest, ltest)[1], before",
    wrong="before and after exchanged",
)


@wrong("measured once, after the training")
def measured_too_late(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    backprop_deep(xtrain, ltrain, net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    accuracy = evaluate(net, xtest, ltest)[1]
    return net, accuracy, accuracy


@wrong("fractions, not percent")
def fractions(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    before = evaluate(net, xtest, ltest)[1] / 100
    backprop_deep(xtrain, ltrain, net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return net, before, evaluate(net, xtest, ltest)[1] / 100


@wrong("hands in a network that was not the one trained")
def another_network(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net, other = LeNet(), LeNet()
    before = evaluate(net, xtest, ltest)[1]
    backprop_deep(xtrain, ltrain, net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return other, before, evaluate(net, xtest, ltest)[1]


@wrong("a figure read off somewhere else")
def a_typed_figure(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    backprop_deep(xtrain, ltrain, net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return net, 9.8, 97.7


@wrong("never trained")
def untrained(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    accuracy = evaluate(net, xtest, ltest)[1]
    return net, accuracy, accuracy


wrong_labels = changed(
    train_and_measure, "ltrain, net", "ltrain.roll(1), net", wrong="trained on labels that belong to other images"
)


@wrong("trained on zeros and ones only")
def two_digits(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net, few = LeNet(), ltrain < 2
    before = evaluate(net, xtest, ltest)[1]
    backprop_deep(xtrain[few], ltrain[few], net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return net, before, evaluate(net, xtest, ltest)[1]


with_defaults = changed(
    train_and_measure,
    "net, EPOCHS_SHORT, BATCH, STEP_SIZE",
    "net, T=3",
    wrong="the defaults in the place of BATCH and STEP_SIZE",
)
on_test_images = changed(
    train_and_measure, "xtrain, ltrain, net", "xtest, ltest, net", wrong="trained on the test images"
)


@wrong("trained on seven of the ten digits", passes="visible")
def seven_digits(LeNet, evaluate, backprop_deep, xtrain, ltrain, xtest, ltest, EPOCHS_SHORT, BATCH, STEP_SIZE):
    net = LeNet()
    before = evaluate(net, xtest, ltest)[1]
    few = ltrain < 7
    backprop_deep(xtrain[few], ltrain[few], net, EPOCHS_SHORT, BATCH, STEP_SIZE)
    return net, before, evaluate(net, xtest, ltest)[1]
