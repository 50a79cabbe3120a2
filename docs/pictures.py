"""Makes the pictures of the README and of the documentation, by the program's own commands: ``./dev pictures``.

They show the default run. What is rendered on the way stays in ``build/pictures/``, and is used again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser import launched
from photographs import photograph

from edgeglow.model.data.strokes import draw_digits

ROOT = Path(__file__).resolve().parents[1]
MEDIA = ROOT / "build" / "pictures"
PICTURES = ROOT / "docs" / "pictures"
QUALITY, FLOW_QUALITY = 82, 25  # of WebP, of 100: pictures, and the loop
SHOWN = (30.2, 36.9)  # seconds of the chapter PixelFlow: light passes through all layers, to the answer
EVERY = 3  # of so many frames one is kept
FLOW = (720, 326)  # pixels, without the empty space below
ASKED = 8.0  # seconds: shortly before a question in the same chapter


def render(*words: str) -> None:
    """Calls render.py, with its files in ``MEDIA``."""
    subprocess.run([sys.executable, str(ROOT / "render.py"), *words], cwd=ROOT, check=True)


def save(picture: Image.Image, name: str, width: int) -> None:
    """Writes a picture, not wider than ``width`` pixels."""
    height = round(picture.height * width / picture.width)
    small = picture if picture.width <= width else picture.resize((width, height), Image.Resampling.LANCZOS)
    small.convert("RGB").save(PICTURES / name, quality=QUALITY, method=6)


def flow(clip: Path) -> None:
    """The film's picture: how a digit's light passes through the network, as a loop."""
    frames = []
    with av.open(str(clip)) as video:
        rate = float(video.streams.video[0].average_rate or 30)
        for number, frame in enumerate(video.decode(video=0)):
            if SHOWN[0] <= number / rate <= SHOWN[1] and number % EVERY == 0:
                picture = frame.to_image()
                picture = picture.resize((FLOW[0], round(picture.height * FLOW[0] / picture.width)))
                frames.append(picture.crop((0, 0, *FLOW)))
    pause = [round(1000 * EVERY / rate)] * (len(frames) - 1) + [1500]
    frames[0].save(ROOT / "media" / "readme.webp", save_all=True, append_images=frames[1:], duration=pause,
                   loop=0, quality=FLOW_QUALITY, method=6)  # fmt: skip


def page(lesson: Path) -> None:
    """The page of a lesson, where a clip has stopped and asks."""
    with sync_playwright() as playwright:
        shown = launched(playwright).new_page(viewport={"width": 960, "height": 930})
        shown.goto(lesson.as_uri())
        clip = shown.locator('.edition:not([hidden]) [data-clip="pixel-flow"]')
        clip.locator("video").evaluate(f"(video) => {{ video.currentTime = {ASKED}; video.play(); }}")
        clip.locator("form.question").wait_for()
        clip.locator("video").evaluate("(video) => scrollTo(0, video.getBoundingClientRect().top + scrollY - 20)")
        shown.wait_for_timeout(500)
        shown.screenshot(path=MEDIA / "lesson.png")
    save(Image.open(MEDIA / "lesson.png"), "lesson.webp", 960)


def seven() -> Path:
    """A picture as a phone takes it: a seven on squared paper, half in the shade."""
    digits = draw_digits(200, seed=3)
    line = digits.images[np.flatnonzero(digits.labels == 7)[1]]
    path = MEDIA / "seven.jpg"
    Image.fromarray(photograph(line, "all_at_once", 4)).save(path)
    return path


def main() -> None:
    MEDIA.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    media = ("--media_dir", str(MEDIA))
    render("lesson", "PixelFlow", "--lang", "en", "--no-webm", *media)
    flow(MEDIA / "lesson" / "clips" / "en" / "pixel-flow.mp4")
    page(MEDIA / "lesson" / "index.html")
    render("Weights", "--lang", "ko", "--aspect", "9:16", "-q", "l", "-s", *media)
    save(Image.open(MEDIA / "Weights-ko-9x16.png"), "weights-ko.webp", 360)
    render("digit", str(seven()), "-o", str(MEDIA / "digit.png"))
    save(Image.open(MEDIA / "digit.png"), "digit.webp", 960)


if __name__ == "__main__":
    main()
