"""E-loader, part 1: a DataLoader."""

from helpers.grading.answers import right, wrong

EXERCISE = "e-loader-make"
NAME = "make_loader"


@right
def with_names(dataset, batch_size, workers, device):
    pinned = torch.device(device).type == "cuda"
    return DataLoader(dataset=dataset, batch_size=batch_size, shuffle=True, num_workers=workers, pin_memory=pinned)


@right
def with_a_sampler(dataset, batch_size, workers, device):
    from torch.utils.data import RandomSampler

    order = RandomSampler(dataset)
    return DataLoader(
        dataset,
        batch_size,
        sampler=order,
        num_workers=workers,
        pin_memory=str(device).startswith("cuda"),
        drop_last=False,
    )


@wrong("leaves the last minibatch out")
def drops_the_rest(dataset, batch_size, workers, device):
    return DataLoader(
        dataset, batch_size, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda", drop_last=True
    )


@wrong("always pins")
def always_pins(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, num_workers=workers, pin_memory=True)


@wrong("one image at a time")
def no_batches(dataset, batch_size, workers, device):
    return DataLoader(dataset, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda")


@wrong("draws with replacement")
def with_replacement(dataset, batch_size, workers, device):
    from torch.utils.data import RandomSampler

    order = RandomSampler(dataset, replacement=True)
    return DataLoader(dataset, batch_size, sampler=order, num_workers=workers, pin_memory=device.type == "cuda")


@wrong("pins where there is no CUDA GPU")
def pins_the_wrong_way_round(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, num_workers=workers, pin_memory=device.type != "cuda")


@wrong("does not shuffle", passes="visible")
def not_shuffled(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, num_workers=workers, pin_memory=device.type == "cuda")


@wrong("never pins", passes="visible")
def never_pins(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, num_workers=workers)


@wrong("pins on every device but the CPU", passes="visible")
def pins_on_mps(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, num_workers=workers, pin_memory=device.type != "cpu")


@wrong("forgets the second GPU", passes="visible")
def first_gpu_only(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, num_workers=workers, pin_memory=str(device) == "cuda")


@wrong("the workers are left out", passes="visible")
def no_workers(dataset, batch_size, workers, device):
    return DataLoader(dataset, batch_size, shuffle=True, pin_memory=device.type == "cuda")


@wrong("the batch size is built in", passes="visible")
def batch_of_ten(dataset, batch_size, workers, device):
    return DataLoader(dataset, 10, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda")


@right
def with_a_batch_sampler(dataset, batch_size, workers, device):
    from torch.utils.data import BatchSampler, RandomSampler

    batches = BatchSampler(RandomSampler(dataset), batch_size, drop_last=False)
    return DataLoader(dataset, batch_sampler=batches, num_workers=workers, pin_memory=device.type == "cuda")


@wrong("drops it where it is one image", passes="visible")
def drops_single(dataset, batch_size, workers, device):
    return DataLoader(
        dataset,
        batch_size,
        shuffle=True,
        num_workers=workers,
        drop_last=len(dataset) % batch_size == 1,
        pin_memory=device.type == "cuda",
    )


@wrong("of ten at most", passes="visible")
def at_most_batch(dataset, batch_size, workers, device):
    return DataLoader(
        dataset,
        min(batch_size, 10),
        shuffle=True,
        num_workers=workers,
        pin_memory=device.type == "cuda",
    )
