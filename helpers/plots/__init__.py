"""Figures of images, trainings, measurements and layers, all in the house style."""

from helpers.plots.figures import show_confusion, show_history, show_images, show_per_class
from helpers.plots.maps import show_array, show_feature_maps, show_kernels

__all__ = [
    "show_array",
    "show_confusion",
    "show_feature_maps",
    "show_history",
    "show_images",
    "show_kernels",
    "show_per_class",
]
