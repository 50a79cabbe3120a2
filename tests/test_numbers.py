"""Everything that is written or measured on stage: captions, numbers, curves, weight pictures, the progress."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from casts import NAMES
from shot import Shot
from stage import FPS, Performance, perform
from truth import ANSWERED, columns_of, digit_of, forward, functions, said, shown, snapshot_of, under

SPEED = {"en": 17, "ko": 12}  # characters a second, of film.md
PAGES = {"Neurons": "neurons", "PixelFlow": "pixel_flow", "Training": "training"}
LANGUAGES = [(name, "en") for name in NAMES] + [("tiny", "ko"), ("contrary", "ko")]

every_film = pytest.mark.parametrize("run_name", NAMES)
every_chapter = pytest.mark.parametrize("chapter", ANSWERED)
every_language = pytest.mark.parametrize(("run_name", "lang"), LANGUAGES)


# -- what is said ------------------------------------------------------------------------------------------


def about_the_network(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Neurons says of a run."""
    run = played.run
    *between, _ = run.layer_sizes[1:]
    comma, joined = {"en": (", ", " and "), "ko": ("개, ", "개, ")}[played.lang]
    hidden = comma.join(map(str, between[:-1])) + joined * (len(between) > 1) + "".join(map(str, between[-1:]))
    if len(between) > 1 and len(set(between)) == 1:
        hidden = str(between[0])
    elif len(between) > 3:
        hidden = str(sum(between))
    rows, columns = run.image_shape
    return {
        "rows": rows,
        "columns": columns,
        "inputs": rows * columns,
        "outputs": run.layer_sizes[-1],
        "hidden": hidden,
        "layers": len(between),
    }


def wording_of_sizes(hidden: tuple[int, ...]) -> str:
    if len(hidden) > 1 and len(set(hidden)) == 1:
        return "alike"
    return "one" if len(hidden) == 1 else "many" if len(hidden) > 3 else ""


def about_the_flow(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Pixel flow says of a run, and of the digit shown."""
    run = played.run
    example = run.examples[digit_of(shot, run)]
    outputs = forward(run, run.last, example.pixels)[-1]
    best, second = np.argsort(-outputs)[:2]
    facts: dict[str, object] = {
        "edges": run.layer_sizes[0] * run.layer_sizes[1],
        "label": run.class_names[example.label],
        "answer": run.class_names[best],
        "confidence": outputs[best],
        "second": run.class_names[second],
        "doubt": outputs[second],
    }
    if shot.beat in ("bias", "squeeze"):
        neuron = looked_at(played, shot)
        facts["bias"] = run.last.biases[0][neuron]
        facts["total"] = run.last.weights[0][neuron] @ example.pixels + run.last.biases[0][neuron]
        facts["activation"] = forward(run, run.last, example.pixels)[1][neuron]
    return facts


def about_the_training(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Training says of the moment shown."""
    run, moment = played.run, snapshot_of(played, shot)
    example = run.examples[digit_of(shot, run)]
    outputs = forward(run, moment, example.pixels)[-1]
    reached = run.snapshots.index(moment)
    answers = [int(forward(run, shot, example.pixels)[-1].argmax()) for shot in run.snapshots[: reached + 1]]
    listed = [run.class_names[answer] for k, answer in enumerate(answers) if k == 0 or answer != answers[k - 1]]
    return {
        "answers": ", ".join(listed),
        "answer": run.class_names[int(np.argmax(outputs))],
        "confidence": outputs.max(),
        "label": run.class_names[example.label],
        "tests": run.test_count,
        "accuracy": moment.accuracy,
        "loss": moment.loss,
        "batch": run.config.batch_size,
        "examples": moment.examples,
        "epochs": moment.examples / run.training_count,
        "training": run.training_count,
        "parameters": sum(part.size for part in (*run.last.weights, *run.last.biases)),
    }


def swinging(played: Performance, facts: dict[str, object]) -> str:
    """How the answers up to the end of the beat are spoken of: as one, as settled, or neither."""
    if ", " not in str(facts["answers"]):
        return "steady"
    run, pixels = played.run, played.run.examples[played.chapter.cast.main].pixels
    late = [int(forward(run, shot, pixels)[-1].argmax()) for shot in run.snapshots[played.chapter.swung :]]
    return "settles" if len(set(late)) == 1 else ""


def in_training(played: Performance, facts: dict[str, object]) -> dict[str, str]:
    """The wordings of Training that hang on how well it reads: like a guesser who is at most two standard deviations
    lucky; or wrongly in the end."""
    tests, classes = played.run.test_count, played.run.layer_sizes[-1]
    luck = round(played.run.first.accuracy * tests) <= 1 / classes * tests + 2 * np.sqrt(
        tests * (1 / classes) * (1 - 1 / classes)
    )
    return {
        "guess": "taught-digits",
        "score": "chance" if luck else "",
        "found": ("weak" if played.run.accuracy - 1 / classes < 2 / 3 * (1 - 1 / classes) else "")
        if facts["answer"] == facts["label"]
        else "wrong",
        "swing": swinging(played, facts),
    }


FACTS: dict[str, Callable[[Performance, Shot], dict[str, object]]] = {
    "Neurons": about_the_network,
    "PixelFlow": about_the_flow,
    "Training": about_the_training,
}


def looked_at(played: Performance, shot: Shot) -> int:
    """The neuron of the first layer after the pixels that wears the ring."""
    (ring,) = shot.rings()
    return int(shown(played, 1)[under(ring, columns_of(shot, played.run)[1].centers)])


@every_language
@every_chapter
def test_captions_say_what_the_run_says(chapter: str, run_name: str, lang: str) -> None:
    played = perform(chapter, run_name, lang)
    assert [cue.beat for cue in played.cues] == [shot.beat for shot in played.shots]
    for cue, shot in zip(played.cues, played.shots, strict=True):
        facts = FACTS[chapter](played, shot)
        variants = {
            "hold": "any" if played.run.hidden != "sigmoid" or not played.run.image_shape else "",
            "scale": played.run.hidden,
            "squeeze": functions(played.run)[0],
            "layer": {2: "none", 3: "one"}.get(len(played.run.layer_sizes), ""),
            "hidden": wording_of_sizes(played.run.layer_sizes[1:-1]),
        }
        if shot.beat == "dark":  # of which the chapter's own tests tell
            (told,) = [told for told in played.told if told.name == "dark"]
            variants["dark"], facts = told.variant, facts | told.facts
        if chapter == "Training":
            variants |= in_training(played, facts)
        variant = variants.get(shot.beat, "")
        assert cue.text == said(lang, PAGES[chapter], shot.beat, variant, **facts)
        assert shot.caption == cue.text, "the caption is not what is in the cue"
    assert played.chapter.title == said(lang, PAGES[chapter], "title", kind="")


@every_language
@every_chapter
def test_cues_follow_each_other_and_leave_time_to_read(chapter: str, run_name: str, lang: str) -> None:
    played = perform(chapter, run_name, lang)
    end = 0
    for cue in played.cues:
        assert end <= cue.start_frame < cue.end_frame, cue
        assert cue.end_frame - cue.start_frame >= FPS * max(1.0, len(cue.text) / SPEED[lang]) - 1, cue
        end = cue.end_frame
    assert end <= played.chapter.frame
