"""Synthesised narration by espeak-ng, for a draft without recordings."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from edgeglow.film.narration import Narration, Recording, measured_recording
from edgeglow.film.subtitle_files import TimedCaption
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.safe_path import find_program

ESPEAK = "espeak"  # value of --voice
PROGRAM = "espeak-ng"
WORDS_PER_MINUTE = 155  # the default of 175 is too fast
PATIENCE = 60  # seconds for one sentence


def find_espeak() -> str:
    """Return the path of espeak-ng. Raises EdgeglowError when it is not installed."""
    if found := find_program(PROGRAM):
        return found
    raise EdgeglowError(
        f"--voice {ESPEAK}: {PROGRAM} is not installed; install it"
        f" (Debian, Ubuntu: apt-get install {PROGRAM}; macOS: brew install {PROGRAM})"
    )


def synthesise_narration(
    chapters: Sequence[tuple[str, Sequence[TimedCaption]]], language: str, folder: Path, report: Callable[[int], None]
) -> Narration:
    """Synthesise every cue of the chapters, given as (page in the script, cues), as WAV files in ``folder``.

    Raises EdgeglowError when espeak-ng is missing, does not know the language, or fails.
    """
    speaker = find_espeak()
    recordings: dict[str, dict[str, Recording]] = {}
    for page, cues in chapters:
        (folder / page).mkdir(parents=True, exist_ok=True)
        for cue in cues:
            if cue.text.strip():
                path = folder / page / f"{cue.beat}.wav"
                _say(speaker, cue.text, language, path)
                recordings.setdefault(page, {})[cue.beat] = measured_recording(path)
        report(1)
    return Narration(recordings)


def _say(speaker: str, text: str, language: str, path: Path) -> None:
    # -b 1: the text is UTF-8. It is passed by standard input, so that no text is taken for an option.
    command = [speaker, "-v", language, "-s", str(WORDS_PER_MINUTE), "-b", "1", "-w", str(path), "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise EdgeglowError(f"{PROGRAM}: was still at {text!r} after {PATIENCE} seconds; try again") from None
    if done.returncode or not path.exists():
        words = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
        hint = f"try it by itself: {PROGRAM} -v {language} 1"
        raise EdgeglowError(f"{PROGRAM}: could not say {text!r} in {language}: {words[-1]}; {hint}")
