"""E-loader, part 2: images per second."""

from helpers.grading.answers import right, wrong

EXERCISE = "e-loader-time"
NAME = "images_per_second"


@right
def with_enumerate(loader, work, clock=time.perf_counter):
    count = 0
    for k, (images, labels) in enumerate(loader):
        work(images, labels)
        if k == 0:
            synchronize(device)
            begin = clock()
        else:
            count += images.shape[0]
    synchronize(device)
    return count / (clock() - begin)


@right
def with_two_readings(loader, work, clock=time.perf_counter):
    minibatches = iter(loader)
    images, labels = next(minibatches)
    work(images, labels)
    synchronize(device)
    before = clock()
    sizes = []
    for images, labels in minibatches:
        work(images, labels)
        sizes.append(len(images))
    synchronize(device)
    after = clock()
    return sum(sizes) / (after - before)


@wrong("counts minibatches")
def minibatches_counted(loader, work, clock=time.perf_counter):
    iterator, count = iter(loader), 0
    work(*next(iterator))
    begin = clock()
    for images, labels in iterator:
        work(images, labels)
        count += 1
    return count / (clock() - begin)


@wrong("counts the warm-up too")
def warm_up_counted(loader, work, clock=time.perf_counter):
    iterator = iter(loader)
    images, labels = next(iterator)
    work(images, labels)
    begin, count = clock(), len(labels)
    for images, labels in iterator:
        work(images, labels)
        count += len(labels)
    return count / (clock() - begin)


@wrong("takes the last minibatch for a full one")
def all_full(loader, work, clock=time.perf_counter):
    iterator, count = iter(loader), 0
    images, labels = next(iterator)
    size = len(labels)
    work(images, labels)
    begin = clock()
    for images, labels in iterator:
        work(images, labels)
        count += size
    return count / (clock() - begin)


@wrong("seconds per image")
def upside_down(loader, work, clock=time.perf_counter):
    iterator, count = iter(loader), 0
    work(*next(iterator))
    begin = clock()
    for images, labels in iterator:
        work(images, labels)
        count += len(labels)
    return (clock() - begin) / count


@wrong("does not do the work of the warm-up")
def lazy(loader, work, clock=time.perf_counter):
    iterator, count = iter(loader), 0
    next(iterator)
    begin = clock()
    for images, labels in iterator:
        work(images, labels)
        count += len(labels)
    return count / (clock() - begin)


@wrong("reads another clock")
def another_clock(loader, work, clock=time.perf_counter):
    iterator, count = iter(loader), 0
    work(*next(iterator))
    begin = time.perf_counter()
    for images, labels in iterator:
        work(images, labels)
        count += len(labels)
    return count / (time.perf_counter() - begin)


@wrong("goes through the loader twice")
def two_passes(loader, work, clock=time.perf_counter):
    for images, labels in loader:
        work(images, labels)
        break
    begin, count = clock(), 0
    for images, labels in loader:
        work(images, labels)
        count += len(labels)
    return count / (clock() - begin)


@wrong("the clock starts before the warm-up", passes="visible")
def starts_too_early(loader, work, clock=time.perf_counter):
    begin, count = clock(), 0
    for k, (images, labels) in enumerate(loader):
        work(images, labels)
        count += len(labels) if k else 0
    return count / (clock() - begin)


@wrong("the clock stops before the last work is done", passes="visible")
def stops_too_early(loader, work, clock=time.perf_counter):
    minibatches = list(loader)
    work(*minibatches[0])
    begin = clock()
    for images, labels in minibatches[1:-1]:
        work(images, labels)
    end = clock()
    work(*minibatches[-1])
    return sum(len(labels) for _, labels in minibatches[1:]) / (end - begin)


@wrong("does the work first and reads the clock twice at the end", passes="visible")
def work_outside(loader, work, clock=time.perf_counter):
    minibatches = list(loader)
    for images, labels in minibatches:
        work(images, labels)
    begin = clock()
    return sum(len(labels) for _, labels in minibatches[1:]) / ((clock() - begin) or 1.0)


@wrong("knows minibatches of 10 alone", passes="visible")
def of_ten(loader, work, clock=time.perf_counter):
    iterator, number = iter(loader), 0
    work(*next(iterator))
    begin = clock()
    for images, labels in iterator:
        work(images, labels)
        number += 1
    return (10 * (number - 1) + 5) / (clock() - begin)


@wrong("loads all minibatches before it works on them", passes="visible")
def loads_ahead(loader, work, clock=time.perf_counter):
    first, *others = loader
    work(*first)
    synchronize(device)
    start = clock()
    for minibatch in others:
        work(*minibatch)
    synchronize(device)
    return sum(len(labels) for _, labels in others) / (clock() - start)


@wrong("never waits for the device", passes="visible")
def does_not_wait(loader, work, clock=time.perf_counter):
    minibatches, number = iter(loader), 0
    work(*next(minibatches))
    start = clock()
    for images, labels in minibatches:
        work(images, labels)
        number += len(labels)
    return number / (clock() - start)


@wrong("waits for the device at the end alone", passes="visible")
def waits_once(loader, work, clock=time.perf_counter):
    minibatches, number = iter(loader), 0
    work(*next(minibatches))
    start = clock()
    for images, labels in minibatches:
        work(images, labels)
        number += len(labels)
    synchronize(device)
    return number / (clock() - start)


@wrong("waits for the device when the clock is read already", passes="visible")
def waits_too_late(loader, work, clock=time.perf_counter):
    minibatches, number = iter(loader), 0
    work(*next(minibatches))
    start = clock()
    synchronize(device)
    for images, labels in minibatches:
        work(images, labels)
        number += len(labels)
    end = clock()
    synchronize(device)
    return number / (end - start)


@wrong("waits for the device before the work", passes="visible")
def waits_too_early(loader, work, clock=time.perf_counter):
    minibatches, number = iter(loader), 0
    first = next(minibatches)
    synchronize(device)
    work(*first)
    start = clock()
    for images, labels in minibatches:
        synchronize(device)
        work(images, labels)
        number += len(labels)
    return number / (clock() - start)


@wrong("the time of the computer, where one is given too", passes="visible")
def own_clock(loader, work, clock=time.perf_counter):
    iterator = iter(loader)
    work(*next(iterator))
    synchronize(device)
    start, begin, count = clock(), time.perf_counter(), 0
    for images, labels in iterator:
        work(images, labels)
        count += len(labels)
    synchronize(device)
    seconds = time.perf_counter() - begin
    return count / max(seconds, clock() - start)


@wrong("with the images twice", passes="visible")
def images_twice(loader, work, clock=time.perf_counter):
    iterator = iter(loader)
    images, labels = next(iterator)
    work(images, labels)
    synchronize(device)
    start, count = clock(), 0
    for images, _ in iterator:
        work(images, images)
        count += len(images)
    synchronize(device)
    return count / (clock() - start)
