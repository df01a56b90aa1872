"""T-train: a training that keeps its history."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-train-history"
NAME = "train"


@right
def sums_over_images(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    (images, labels), (test_images, test_labels) = train_data, test_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / len(images))
        history["train_accuracy"].append(right / len(images))
        net.eval()
        with torch.no_grad():
            logits = net(test_images)
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append((logits.argmax(1) == test_labels).float().mean().item())
    return history


@right
def loaders_and_minibatches(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    optimizer, criterion = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum), nn.CrossEntropyLoss()
    history = {f"{split}_{what}": [] for split in ("train", "test") for what in ("loss", "accuracy")}
    loaders = {}
    for split, (images, labels) in (("train", train_data), ("test", test_data)):
        pairs = torch.utils.data.TensorDataset(images, labels)
        loaders[split] = torch.utils.data.DataLoader(pairs, batch_size=batch_size, shuffle=split == "train")
    for _ in range(epochs):
        for split, loader in loaders.items():
            net.train(split == "train")
            losses, hits = [], []
            for images, labels in loader:
                with torch.set_grad_enabled(split == "train"):
                    logits = net(images)
                    loss = criterion(logits, labels)
                if split == "train":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                losses += [loss.item()] * len(labels)
                hits += (logits.argmax(1) == labels).tolist()
            history[f"{split}_loss"].append(float(np.mean(losses)))
            history[f"{split}_accuracy"].append(float(np.mean(hits)))
    return history


@wrong("accuracies in percent")
def percent(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    (images, labels), (test_images, test_labels) = train_data, test_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / len(images))
        history["train_accuracy"].append(100 * right / len(images))
        net.eval()
        with torch.no_grad():
            logits = net(test_images)
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append(100 * (logits.argmax(1) == test_labels).float().mean().item())
    return history


sums = changed(sums_over_images, "total / len(images)", "total", wrong="sums, not means")
last_epoch_only = changed(
    sums_over_images,
    "return history",
    "return {key: values[-1:] for key, values in history.items()}",
    wrong="keeps the last epoch only",
)
other_keys = changed(
    sums_over_images,
    "return history",
    'return {key.replace("_", " ").title(): values for key, values in history.items()}',
    wrong="other keys",
)
last_batch_scored = changed(
    sums_over_images,
    "(logits.argmax(1) == test_labels).float().mean().item()",
    "right / len(images) / 2",
    wrong="the accuracy of the last training minibatch for the test images",
)
nothing_returned = changed(sums_over_images, "return history", "print(history)", wrong="returns nothing")


@wrong("the mean over minibatches, not over images", passes="visible")
def mean_of_means(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    (images, labels), (test_images, test_labels) = train_data, test_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / -(-len(images) // batch_size))
        history["train_accuracy"].append(right / len(images))
        net.eval()
        with torch.no_grad():
            logits = net(test_images)
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append((logits.argmax(1) == test_labels).float().mean().item())
    return history


measures_in_training_mode = changed(
    sums_over_images, "net.eval()", "", wrong="measures in training mode", passes="visible"
)


@wrong("never goes back to training mode", passes="visible")
def trains_in_evaluation_mode(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    (images, labels), (test_images, test_labels) = train_data, test_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    net.train()
    for _ in range(epochs):
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / len(images))
        history["train_accuracy"].append(right / len(images))
        net.eval()
        with torch.no_grad():
            logits = net(test_images)
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append((logits.argmax(1) == test_labels).float().mean().item())
    return history


no_zero_grad = changed(
    sums_over_images, "optimizer.zero_grad()", "", wrong="gradients are not set to zero", passes="visible"
)
no_step = changed(sums_over_images, "optimizer.step()", "", wrong="never takes a step", passes="visible")


@wrong("learns from the test images too", passes="visible")
def learns_from_the_test(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    (images, labels), (test_images, test_labels) = train_data, test_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / len(images))
        history["train_accuracy"].append(right / len(images))
        net.eval()
        logits = net(test_images)
        F.cross_entropy(logits, test_labels).backward()
        optimizer.step()
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append((logits.argmax(1) == test_labels).float().mean().item())
    return history


@wrong("measures the training images for the test images", passes="visible")
def the_wrong_images(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    images, labels = train_data
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for index in torch.randperm(len(images)).split(batch_size):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
            right += int((logits.argmax(1) == labels[index]).sum())
        history["train_loss"].append(total / len(images))
        history["train_accuracy"].append(right / len(images))
        net.eval()
        with torch.no_grad():
            test_labels, logits = labels, net(images)
        history["test_loss"].append(F.cross_entropy(logits, test_labels).item())
        history["test_accuracy"].append((logits.argmax(1) == test_labels).float().mean().item())
    return history


short_batch_dropped = changed(
    sums_over_images,
    "(batch_size)",
    "(batch_size)[: len(images) // batch_size]",
    wrong="drops the short minibatch",
    passes="visible",
)
momentum_built_in = changed(
    sums_over_images,
    "lr, momentum=momentum",
    "lr * 0 + 0.01 * (lr > 0), momentum=0.5",
    wrong="momentum and step size built in",
    passes="visible",
)


@wrong("a row for each epoch, turned into lists at the end: none where there was no epoch", passes="visible")
def rows(net, train_data, test_data, epochs, batch_size=64, lr=0.01, momentum=0.5, progress=True):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    figures = [
        run_epoch(net, train_data, batch_size, optimizer, progress) + run_epoch(net, test_data, batch_size)
        for _ in range(epochs)
    ]
    keys = "train_loss", "train_accuracy", "test_loss", "test_accuracy"
    return {key: list(column) for key, column in zip(keys, zip(*figures, strict=True), strict=False)}
