"""K4: two tensors with given values."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k4-values"
VALUES = ("x", "y")


@right
def nested_lists():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    x = torch.tensor(numbers_x)
    y = torch.tensor(numbers_y)
    return x, y


@right
def one_list_reshaped():
    numbers_x = [
        -0.1859,
        1.3970,
        0.5236,
        2.3854,
        0.0707,
        2.1970,
        -0.3587,
        1.2359,
        1.8951,
        -0.1189,
        -0.1376,
        0.4647,
        -1.8968,
        2.0164,
        0.1092,
    ]
    numbers_y = [
        0.4838,
        0.5822,
        0.2755,
        1.0982,
        0.4932,
        -0.6680,
        0.7915,
        0.6580,
        -0.5819,
        0.3825,
        -1.1822,
        1.5217,
        0.6042,
        -0.2280,
        1.3210,
    ]
    x = torch.tensor(numbers_x).reshape(5, 3)
    y = torch.tensor(numbers_y).reshape(5, 3)
    return x, y


@wrong("lists, not tensors")
def lists():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return numbers_x, numbers_y


@wrong("columns given as rows")
def transposed():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return torch.tensor(numbers_x).t(), torch.tensor(numbers_y).t()


@wrong("float64, through NumPy")
def through_numpy():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return torch.from_numpy(np.array(numbers_x)), torch.from_numpy(np.array(numbers_y))


@wrong("one long row")
def flat():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return torch.tensor(numbers_x).flatten(), torch.tensor(numbers_y).flatten()


@wrong("x and y exchanged")
def exchanged():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return torch.tensor(numbers_y), torch.tensor(numbers_x)


@wrong("random numbers of the right shape")
def random_numbers():
    return torch.randn(5, 3), torch.randn(5, 3)


lost_sign = changed(
    nested_lists,
    "[0.3825, -1.1822, 1.5217],",
    "[0.3825, 1.1822, 1.5217],",
    wrong="a lost minus sign in y",
    passes="visible",
)
two_digits = changed(
    nested_lists,
    "[2.3854, 0.0707, 2.1970],",
    "[2.3854, 0.0707, 2.1790],",
    wrong="two digits exchanged in x",
    passes="visible",
)


@wrong("two rows of x exchanged", passes="visible")
def two_rows():
    numbers_x = [
        [-0.1859, 1.3970, 0.5236],
        [2.3854, 0.0707, 2.1970],
        [-0.3587, 1.2359, 1.8951],
        [-0.1189, -0.1376, 0.4647],
        [-1.8968, 2.0164, 0.1092],
    ]
    numbers_y = [
        [0.4838, 0.5822, 0.2755],
        [1.0982, 0.4932, -0.6680],
        [0.7915, 0.6580, -0.5819],
        [0.3825, -1.1822, 1.5217],
        [0.6042, -0.2280, 1.3210],
    ]
    return torch.tensor(numbers_x)[[0, 2, 1, 3, 4]], torch.tensor(numbers_y)
