"""Choose a frame of pictures with several: animated GIF, WebP, APNG and AVIF, TIFF with pages."""

from __future__ import annotations

import numpy as np
from PIL import Image
from PIL.Image import Resampling

MOST_FRAMES = 200  # searched, at most
MOST_PIXELS = 400_000_000  # of all frames searched, at most
LOOKED_AT = 256  # pixels of the longest side at which frames are checked for blankness
BLANK = 24  # of 255: a frame whose pixels differ by less is blank
EDGES = 0.05  # percent of the pixels at each end that are ignored as dust


def seek_frame(image: Image.Image, name: str) -> tuple[str, ...]:
    """Go to the first frame that is not blank, and return a note that names it; no note for a single frame.

    If all frames are blank, go to the first.
    """
    count = int(getattr(image, "n_frames", 1))
    if count < 2 or image.format == "MPO":  # MPO: phones add a second image to a photo
        return ()
    pages = "pages" if image.format == "TIFF" else "frames"
    for number in range(min(count, MOST_FRAMES, 1 + MOST_PIXELS // (image.width * image.height))):
        image.seek(number)
        if not _is_blank(image):
            first = "the first" if number == 0 else f"number {number + 1}, the first that is not blank,"
            return (f"{name}: has {count} {pages}; {first} is read",)
    image.seek(0)
    return (f"{name}: has {count} {pages}, and all that were looked at are blank",)


def _is_blank(image: Image.Image) -> bool:
    """Return whether all pixels have nearly the same colour and transparency."""
    small = image.copy()
    if small.mode in ("P", "PA", "1") or "transparency" in small.info:
        small = small.convert("RGBA")
    small.thumbnail((LOOKED_AT, LOOKED_AT), Resampling.NEAREST)
    values = np.asarray(small, dtype=np.float64)
    values = values.reshape(values.shape[0] * values.shape[1], -1)
    if values.shape[1] == 4:  # transparent pixels have no colour
        values[values[:, 3] == 0] = 0
    darkest, brightest = np.percentile(values, (EDGES, 100 - EDGES), axis=0)
    return bool((brightest - darkest).max() < BLANK)
