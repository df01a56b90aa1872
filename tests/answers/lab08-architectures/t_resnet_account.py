"""T-resnet: what the total of ResNet18 leaves out."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-resnet-account"
NAME = "corrections"


@right
def by_comprehensions(net):
    layers = dict(net.named_modules())
    convolutions = {name: layer for name, layer in layers.items() if isinstance(layer, nn.Conv2d)}
    norms = [layer for layer in layers.values() if isinstance(layer, nn.BatchNorm2d)]
    return {
        "batch norm": sum(2 * layer.num_features for layer in norms),
        "projections": sum(c.weight.numel() for name, c in convolutions.items() if "downsample" in name),
        "biases": -sum(c.out_channels for name, c in convolutions.items() if "downsample" not in name),
    }


@right
def by_parameters(net):
    biases = projections = norms = 0
    for name, parameter in net.named_parameters():
        if name.startswith("fc"):
            continue
        if parameter.ndim == 1:
            norms += parameter.numel()
        elif "downsample" in name:
            projections += parameter.numel()
        else:
            biases -= len(parameter)
    return dict(zip(("biases", "projections", "batch norm"), (biases, projections, norms), strict=True))


@wrong("the biases are added once more")
def positive_biases(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] += layer.out_channels
    return found


@wrong("the projections' biases too")
def biases_of_all(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
            found["projections"] += layer.weight.numel() * ("downsample" in name)
    return found


@wrong("batch norm without its shifts")
def scales_only(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
    return found


@wrong("batch norms of the main path only")
def main_path_norms(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d) and "downsample" not in name:
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
    return found


@wrong("running averages counted")
def with_buffers(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += sum(tensor.numel() for tensor in layer.state_dict().values())
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
    return found


@wrong("the maps that come in")
def input_maps(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.in_channels
    return found


@wrong("everything under one key")
def the_difference(net):
    missing = sum(parameter.numel() for parameter in net.parameters()) - 11_511_784
    return {"biases": 0, "projections": missing, "batch norm": 0}


@wrong("the numbers of ResNet18", passes="visible")
def for_resnet18(net):
    return {"biases": -3904, "projections": 172_032, "batch norm": 9600}


@wrong("batch norm is what is left of the document's total", passes="visible")
def rest_is_norm(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
    found["batch norm"] = sum(p.numel() for p in net.parameters()) - 11_511_784
    found["batch norm"] -= found["projections"] + found["biases"]
    return found


@wrong("projections and batch norms of ResNet18, whatever the net", passes="visible")
def norms_of_resnet18(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += layer.weight.numel() + layer.bias.numel()
        elif isinstance(layer, nn.Conv2d) and "downsample" in name:
            found["projections"] += layer.weight.numel()
        elif isinstance(layer, nn.Conv2d):
            found["biases"] -= layer.out_channels
    found["projections"] = 172_032
    found["batch norm"] = 9600
    return found


@wrong("those that still learn; a frozen network has none", passes="visible")
def learning_only(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for name, layer in net.named_modules():
        learned = sum(p.numel() for p in layer.parameters() if p.requires_grad)
        if isinstance(layer, nn.Conv2d):
            if "downsample" in name:
                found["projections"] += learned
            else:
                found["biases"] -= layer.out_channels
        elif isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += learned
    return found


@wrong("and the biases: two blocks a layer, as in ResNet18 alone", passes="visible")
def one_block_a_layer(net):
    found = {"biases": 0, "projections": 0, "batch norm": 0}
    for layer in (net.layer2, net.layer3, net.layer4):
        found["projections"] += layer[0].downsample[0].weight.numel()
    convs = [net.conv1]
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        for block in list(layer)[:2]:
            convs += [block.conv1, block.conv2]
    found["biases"] = -sum(conv.out_channels for conv in convs)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            found["batch norm"] += 2 * layer.num_features
    return found
