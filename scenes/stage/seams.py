"""The way from the picture that one chapter ends with to that of another, where those between them are left out."""

from __future__ import annotations

import numpy as np
from manim import Animation, AnimationGroup, FadeIn, FadeOut, Group

from scenes.motions.flow import pass_light, tell_answer
from scenes.stage.sets import REST, Sets

FADE = 0.8  # seconds
RUN = 2.5  # seconds at most, in which light runs through a network of many layers
STEP = 0.5  # seconds from one layer to the next


def cross(scene: Sets, before: str, after: str) -> None:
    """Turn the set ``before``, which stands on stage alone, into the set ``after``, without a word."""
    if before == after:
        return
    if before in ("awake", "asleep") and after == "digit":
        scene.play(scene.out_of_network())
    elif (before, after) == ("digit", "asleep"):
        scene.play(scene.into_network(scene.plane))
    elif (before, after) == ("awake", "asleep"):
        scene.play(_fall_asleep(scene), run_time=1.2)
    elif (before, after) == ("asleep", "awake"):
        _wake(scene)
    else:
        _fade(scene, after)
    scene.clear()
    scene.set_up(after)


def _fade(scene: Sets, after: str) -> None:
    """Through the dark; out of it, or into it."""
    if scene.mobjects:
        scene.play(FadeOut(Group(*scene.mobjects)), run_time=FADE)
        scene.clear()
    scene.set_up(after)
    if scene.mobjects:
        scene.play(FadeIn(Group(*scene.mobjects)), run_time=FADE)


def _fall_asleep(scene: Sets) -> Animation:
    """The edges show their weights again, and nothing is lit but the first layer."""
    awake, color = scene.diagram, scene.theme.text
    scene.build_network()
    edges = [
        old.animate.set_values(new.values).set_gain(new.gain).set_opacity(REST)
        for old, new in zip(awake.edges, scene.diagram.edges, strict=True)
    ]
    dark = [layer.discs.animate.set_values(np.zeros(len(layer.indices))) for layer in awake.layers]
    plain = [name.animate.set_fill(color) for name in awake.names]
    return AnimationGroup(*edges, *dark, *plain, FadeOut(awake.ring, awake.confidences))


def _wake(scene: Sets) -> None:
    """The light of the film's example runs through all layers, to the answer."""
    diagram, last, main = scene.diagram, scene.run.last, scene.cast.main
    lights = scene.cast.lights(last, main)
    scene.play(*(edges.animate.set_opacity(0.15) for edges in diagram.edges), run_time=0.4)
    for gap, weights in enumerate(last.weights):
        light = pass_light(diagram, gap, weights, last.activations[gap][main], lights[gap])
        scene.play(light, run_time=min(STEP, RUN / len(last.weights)))
    scene.play(tell_answer(diagram, last.activations[-1][main]), run_time=0.6)
