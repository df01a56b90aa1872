"""K21: pixels to mean 0 and standard deviation 1."""

from helpers.grading.answers import right, wrong

EXERCISE = "k21-normalise"
NAME = "normalise"


@right
def in_float32(pixels, mean, std):
    return (pixels.astype(np.float32) / 255 - mean) / std


@right
def on_the_scale_of_bytes(pixels, mean, std):
    scaled = (pixels - 255.0 * mean) / (255.0 * std)
    return scaled.astype("float32")


@right
def with_torch(pixels, mean, std):
    return torch.from_numpy(pixels).float().div(255).sub(mean).div(std).numpy()


@wrong("float64")
def in_float64(pixels, mean, std):
    return (pixels / 255 - mean) / std


@wrong("forgets the division by 255")
def bytes_as_they_are(pixels, mean, std):
    return (pixels.astype(np.float32) - mean) / std


@wrong("divides whole numbers")
def whole_numbers(pixels, mean, std):
    return ((pixels // 255 - mean) / std).astype(np.float32)


@wrong("divides before it subtracts")
def wrong_order(pixels, mean, std):
    return pixels.astype(np.float32) / 255 / std - mean


@wrong("divides by 256")
def by_256(pixels, mean, std):
    return (pixels.astype(np.float32) / 256 - mean) / std


@wrong("each set by its own statistics")
def own_statistics(pixels, mean, std):
    scaled = pixels.astype(np.float32) / 255
    return (scaled - scaled.mean()) / scaled.std()


@wrong("the visible example's mean and std are built in", passes="visible")
def built_in_figures(pixels, mean, std):
    return (pixels.astype(np.float32) / 255 - 0.1) / np.float32(0.2)


@wrong("only matrices keep their shape", passes="visible")
def as_a_matrix(pixels, mean, std):
    return ((pixels.astype(np.float32) / 255 - mean) / std).reshape(len(pixels), -1)
