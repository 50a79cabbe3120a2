"""Which digits are shown."""

from __future__ import annotations

import numpy as np

from edgeglow.model.run.example_selection import choose_examples


def test_chosen_examples() -> None:
    """Made-up answers, of which we know who is right, hard and wrong."""
    generator = np.random.default_rng(3)
    labels = np.arange(300) % 3
    pixels = generator.random((300, 16)).astype(np.float32)
    answers = np.full((300, 3), 0.05)
    answers[np.arange(300), labels] = 0.9
    for index, margin in ((30, 0.01), (61, 0.02), (92, 0.03), (33, 0.04), (150, 0.05)):
        answers[index] = 0.1
        answers[index, labels[index]] = 0.45 + margin
        answers[index, labels[index] - 1] = 0.45
    for index, margin in ((200, 0.5), (203, 0.6), (100, 0.3)):
        answers[index] = 0.1
        answers[index, labels[index] - 1] = 0.2 + margin
    chosen = choose_examples(pixels, labels, answers)
    assert [kind for _, kind in chosen] == ["right"] * 3 + ["hard"] * 4 + ["wrong"] * 3
    assert [int(labels[index]) for index, _ in chosen[:3]] == [0, 1, 2]
    assert [index for index, _ in chosen[3:7]] == [30, 61, 92, 33]  # one of each class first, narrowest first
    # 0.5, 0.7 and 0.8 against 0.1 for the true class: the one nearest to three to one first
    assert [index for index, _ in chosen[7:]] == [100, 200, 203]
    assert all(answers[index].max() == 0.9 for index, _ in chosen[:3])
    assert chosen == choose_examples(pixels, labels, answers)


def test_a_class_never_read_right_has_no_right_example() -> None:
    labels = np.array([0, 1, 0, 1])
    answers = np.tile([0.7, 0.3], (4, 1))
    chosen = choose_examples(np.ones((4, 5), np.float32), labels, answers)
    assert [(int(labels[index]), kind) for index, kind in chosen] == [
        (0, "right"),
        (0, "hard"),
        (1, "wrong"),
        (1, "wrong"),
    ]
