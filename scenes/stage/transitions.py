"""Transitions between key frames, if chapters between them are left out."""

from __future__ import annotations

import numpy as np
from manim import Animation, AnimationGroup, FadeIn, FadeOut, Group

from edgeglow.scenes.motions.forward_animations import play_layer_step, show_answer
from edgeglow.scenes.stage.key_frames import REST, KeyFrameScene

FADE = 0.8  # seconds
RUN = 2.5  # longest time for lighting a network of many layers, in seconds
STEP = 0.5  # seconds from one layer to the next


def play_transition(scene: KeyFrameScene, before: str, after: str) -> None:
    """Change the scene from the key frame ``before`` to the key frame ``after``, without a caption."""
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


def _fade(scene: KeyFrameScene, after: str) -> None:
    """Fade out, unless the scene is empty, and fade in, unless the new key frame is empty."""
    if scene.mobjects:
        scene.play(FadeOut(Group(*scene.mobjects)), run_time=FADE)
        scene.clear()
    scene.set_up(after)
    if scene.mobjects:
        scene.play(FadeIn(Group(*scene.mobjects)), run_time=FADE)


def _fall_asleep(scene: KeyFrameScene) -> Animation:
    """Return the animation from lit to not lit: the edges show their weights, only the inputs stay lit."""
    awake, color = scene.diagram, scene.theme.text
    scene.build_network()
    edges = [
        old.animate.set_values(new.values).set_gain(new.gain).set_opacity(REST)
        for old, new in zip(awake.edges, scene.diagram.edges, strict=True)
    ]
    dark = [layer.discs.animate.set_values(np.zeros(len(layer.indices))) for layer in awake.layers]
    plain = [name.animate.set_fill(color) for name in awake.names]
    return AnimationGroup(*edges, *dark, *plain, FadeOut(awake.ring, awake.confidences))


def _wake(scene: KeyFrameScene) -> None:
    """Light all layers for the film's digit, up to the answer."""
    diagram, last, main = scene.diagram, scene.run.last, scene.cast.main
    lights = scene.cast.lights(last, main)
    scene.play(*(edges.animate.set_opacity(0.15) for edges in diagram.edges), run_time=0.4)
    for gap, weights in enumerate(last.weights):
        light = play_layer_step(diagram, gap, weights, last.activations[gap][main], lights[gap])
        scene.play(light, run_time=min(STEP, RUN / len(last.weights)))
    scene.play(show_answer(diagram, last.activations[-1][main]), run_time=0.6)
