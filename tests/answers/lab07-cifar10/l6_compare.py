"""L6: three kinds of networks, trained from several seeds and measured."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l6-compare"
VALUES = ("mlps", "lenets", "deep_lenets", "results")


@right
def as_asked(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@right
def measured_by_hand(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    import torch

    images, test = train_set.to(device), test_set.to(device)
    x, found = test.normalised(), []
    for make in (lambda: mlp(62_006), LeNet, DeepLeNet):
        found.append(train_seeds(make, images, SEEDS, epochs=EPOCHS, batch_size=BATCH, lr=STEP_SIZE, flip=True))

    def accuracy(net):
        with torch.no_grad():
            return sum((net.eval()(x).argmax(1) == test.labels).tolist()) / len(test)

    results = {}
    for name, nets in zip(("DeepLeNet", "LeNet", "MLP"), reversed(found), strict=True):
        results[name] = [accuracy(net) for net in nets]
    return *found, results


without_flips = changed(
    measured_by_hand, "STEP_SIZE, flip=True", "STEP_SIZE, flip=False", wrong="no mirrored images", passes="visible"
)


@wrong("percent, not fractions")
def percent(train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy * 100 for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


mixed_up = changed(
    as_asked,
    "return mlps, lenets, deep, results",
    "return lenets, mlps, deep, results",
    wrong="two of the lists exchanged",
)


@wrong("one seed only")
def one_seed(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS[:1], **settings)
    lenets = train_seeds(LeNet, images, SEEDS[:1], **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS[:1], **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


other_budget = changed(as_asked, "mlp(62_006)", "mlp(620_060)", wrong="another budget for the perceptron")


@wrong("the mean, not the list")
def means(train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: sum(evaluate(net, test).accuracy for net in nets) / len(nets) for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("measured on the training images")
def on_training_images(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images = train_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, images).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("networks that were never trained", passes="visible")
def untrained(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    settings["epochs"] = 0
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("a learning rate of nearly 0", passes="visible")
def learns_nothing(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    settings["lr"] = 1e-7
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("the same seed again and again", passes="visible")
def same_seed(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, [1] * len(SEEDS), **settings)
    lenets = train_seeds(LeNet, images, [1] * len(SEEDS), **settings)
    deep = train_seeds(DeepLeNet, images, [1] * len(SEEDS), **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("the last network in place of all", passes="visible")
def one_network_only(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    mlps, lenets, deep = ([nets[-1]] * len(SEEDS) for nets in (mlps, lenets, deep))
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


@wrong("labels of other images", passes="visible")
def wrong_labels(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    from dataclasses import replace

    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    images = replace(images, labels=images.labels.roll(1))
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    return mlps, lenets, deep, results


learns_the_test = changed(
    as_asked, "train_set.", "test_set.", wrong="the test images are what it learns from", passes="visible"
)
step_of_fit = changed(
    as_asked, '": STEP_SIZE, "', '": 0.05, "', wrong="the learning rate that fit has by itself", passes="visible"
)
batch_of_fit = changed(
    as_asked, 'BATCH, "lr"', '100, "lr"', wrong="the batches that fit makes by itself", passes="visible"
)


@wrong("only the last accuracy of each list is measured", passes="visible")
def first_measured_wrongly(
    train_seeds, evaluate, mlp, LeNet, DeepLeNet, train_set, test_set, SEEDS, EPOCHS, BATCH, STEP_SIZE, device
):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "lr": STEP_SIZE, "flip": True}
    images, test = train_set.to(device), test_set.to(device)
    mlps = train_seeds(lambda: mlp(62_006), images, SEEDS, **settings)
    lenets = train_seeds(LeNet, images, SEEDS, **settings)
    deep = train_seeds(DeepLeNet, images, SEEDS, **settings)
    kinds = {"MLP": mlps, "LeNet": lenets, "DeepLeNet": deep}
    results = {name: [evaluate(net, test).accuracy for net in nets] for name, nets in kinds.items()}
    results = {name: [0.5, *found[1:]] for name, found in results.items()}
    return mlps, lenets, deep, results
