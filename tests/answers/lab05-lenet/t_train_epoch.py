"""T-train: one pass over the images, to learn or to measure."""

import sys

from tqdm import tqdm

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-train-epoch"
NAME = "run_epoch"


@right
def sums_over_images(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@right
def two_branches(net, data, batch_size, optimizer=None, progress=False):
    pairs = torch.utils.data.TensorDataset(*data)
    losses, hits = [], []
    if optimizer is None:
        net.eval()
    else:
        net.train()
    loader = torch.utils.data.DataLoader(pairs, batch_size=batch_size, shuffle=optimizer is not None)
    for images, labels in tqdm(loader, file=sys.stdout) if progress else loader:
        if optimizer is None:
            with torch.no_grad():
                logits = net(images)
        else:
            logits = net(images)
            optimizer.zero_grad()
            F.cross_entropy(logits, labels).backward()
            optimizer.step()
        losses += F.cross_entropy(logits.detach(), labels, reduction="none").tolist()
        hits += (logits.argmax(1) == labels).tolist()
    return sum(losses) / len(losses), sum(hits) / len(hits)


@wrong("percent")
def percent(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), 100 * hits / len(images)


@wrong("sums, not means")
def sums(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total, hits


@wrong("the loss alone")
def loss_alone(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images)


@wrong("tensors that keep their graph")
def tensors(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("accuracy before loss")
def exchanged(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return hits / len(images), total / len(images)


@wrong("the mean over minibatches, not over images", passes="visible")
def mean_of_means(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item()
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / -(-len(images) // batch_size), hits / len(images)


@wrong("never switches to evaluation mode", passes="visible")
def always_training_mode(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train()
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("never switches to training mode", passes="visible")
def always_evaluation_mode(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.eval()
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


drops_the_rest = changed(
    sums_over_images,
    "for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):",
    "for index in torch.randperm(len(images)).split(batch_size)[: max(len(images) // batch_size, 1)]:",
    wrong="drops the short minibatch",
    passes="visible",
)


@wrong("gradients are not set to zero", passes="visible")
def no_zero_grad(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("never takes a step", passes="visible")
def no_step(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("ignores the optimizer that is passed in", passes="visible")
def own_optimizer(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    net.train(optimizer is not None)
    total, hits = 0.0, 0
    for index in torch.randperm(len(images)).split(batch_size):
        with torch.set_grad_enabled(optimizer is not None):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if optimizer is not None:
            optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@right
def puts_the_mode_back(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    was = net.training
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    net.train(was)
    return total / len(images), hits / len(images)


@right
def ends_in_evaluation_mode(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    net.eval()
    return total / len(images), hits / len(images)


@wrong("autograd follows the measurement")
def measures_with_gradients(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(True):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("all images at once", passes="visible")
def one_minibatch(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(len(images)), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("does not shuffle", passes="visible")
def as_stored(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.arange(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("the bar goes to the error stream", passes="visible")
def on_stderr(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stderr, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("never shows a bar", passes="visible")
def no_bar(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=True):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("always shows a bar", passes="visible")
def always_a_bar(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("freezes the network in order to measure", passes="visible")
def freezes(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn).requires_grad_(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        logits = net(images[index])
        loss = F.cross_entropy(logits, labels[index])
        if learn:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)


@wrong("cleans up after each step: the first one sees what others left behind", passes="visible")
def cleans_up(net, data, batch_size, optimizer=None, progress=False):
    images, labels = data
    learn = optimizer is not None
    net.train(learn)
    total, hits = 0.0, 0
    for index in tqdm(torch.randperm(len(images)).split(batch_size), file=sys.stdout, disable=not progress):
        with torch.set_grad_enabled(learn):
            logits = net(images[index])
            loss = F.cross_entropy(logits, labels[index])
        if learn:
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        total += loss.item() * len(index)
        hits += int((logits.argmax(1) == labels[index]).sum())
    return total / len(images), hits / len(images)
