"""K32: ten epochs on the device."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k32-ten"
VALUES = ("net_10",)


@right
def moved_and_trained(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = LeNet().to(device)
    backprop_deep(xtrain.to(device), ltrain.to(device), net, T=EPOCHS_LONG, B=BATCH, gamma=STEP_SIZE)
    return net


@right
def an_epoch_at_a_time(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = LeNet()
    net.to(device)
    images, labels = xtrain.to(device), ltrain.to(device)
    for _ in range(EPOCHS_LONG):
        backprop_deep(images, labels, net, 1, BATCH, STEP_SIZE)
    return net


@wrong("K31's network again")
def the_old_network(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    return net_3


@wrong("goes on with K31's network, in place")
def the_old_network_trained_on(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = net_3.to(device)
    backprop_deep(xtrain.to(device), ltrain.to(device), net, T=1, B=BATCH, gamma=STEP_SIZE)
    return net


@wrong("what backprop_deep returns")
def the_losses(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    return backprop_deep(xtrain.to(device), ltrain.to(device), LeNet().to(device), 1, BATCH, STEP_SIZE)


@wrong("the class, not a network")
def the_class(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    return LeNet


@wrong("a network for images of another size")
def another_size(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    return LeNet(32).to(device)


@wrong("never trained", passes="visible")
def untrained(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    return LeNet().to(device)


@wrong("trained, then made anew", passes="visible")
def made_anew(LeNet, backprop_deep, xtrain, ltrain, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = LeNet().to(device)
    backprop_deep(xtrain.to(device), ltrain.to(device), net, T=1, B=BATCH, gamma=STEP_SIZE)
    net = LeNet().to(device)
    return net


tiny_steps = changed(
    moved_and_trained, "gamma=STEP_SIZE", "gamma=1e-6", wrong="a step size that is much too small", passes="visible"
)


@wrong("a new network that begins with the weights of net_3", passes="visible")
def begins_with_the_old_weights(
    LeNet, backprop_deep, xtrain, ltrain, xtest, ltest, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE
):
    net = LeNet().to(device)
    net.load_state_dict(net_3.state_dict())
    backprop_deep(xtrain.to(device), ltrain.to(device), net, T=EPOCHS_LONG, B=BATCH, gamma=STEP_SIZE)
    return net


@wrong("trained on the test images", passes="visible")
def on_test_images(LeNet, backprop_deep, xtrain, ltrain, xtest, ltest, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = LeNet().to(device)
    backprop_deep(xtest.to(device), ltest.to(device), net, T=EPOCHS_LONG, B=BATCH, gamma=STEP_SIZE)
    return net


@wrong("the defaults, with which ten epochs of 2,000 images teach too little", passes="visible")
def with_defaults(LeNet, backprop_deep, xtrain, ltrain, xtest, ltest, net_3, device, EPOCHS_LONG, BATCH, STEP_SIZE):
    net = LeNet().to(device)
    backprop_deep(xtrain.to(device), ltrain.to(device), net, T=10)
    return net
