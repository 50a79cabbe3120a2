"""Words agree with what is filled in before them: Korean particles with sounds, English plurals with numbers."""

from __future__ import annotations

import re

import pytest
from truth import pages

from edgeglow.scenes.script import languages
from edgeglow.scenes.script.agreement import PARTICLES, agreed
from edgeglow.scenes.script.script_parts import fill_placeholders, script_entries

AS_ONE_SAYS = {
    "0": "0을 0이 0은 0과 0으로",
    "1": "1을 1이 1은 1과 1로",
    "2": "2를 2가 2는 2와 2로",
    "3": "3을 3이 3은 3과 3으로",
    "4": "4를 4가 4는 4와 4로",
    "5": "5를 5가 5는 5와 5로",
    "6": "6을 6이 6은 6과 6으로",
    "7": "7을 7이 7은 7과 7로",
    "8": "8을 8이 8은 8과 8로",
    "9": "9를 9가 9는 9와 9로",
    "10,000": "10,000을 10,000이 10,000은 10,000과 10,000으로",
    "0, 6, 8": "0, 6, 8을 0, 6, 8이 0, 6, 8은 0, 6, 8과 0, 6, 8로",
    "93.6%": "93.6%를 93.6%가 93.6%는 93.6%와 93.6%로",
    "붓꽃": "붓꽃을 붓꽃이 붓꽃은 붓꽃과 붓꽃으로",
    "장미": "장미를 장미가 장미는 장미와 장미로",
    "교실": "교실을 교실이 교실은 교실과 교실로",
    "setosa": "setosa를 setosa가 setosa는 setosa와 setosa로",
    "versicolour…": "versicolour…를 versicolour…가 versicolour…는 versicolour…와 versicolour…로",
    "plane": "plane을 plane이 plane은 plane과 plane으로",
    "apple": "apple을 apple이 apple은 apple과 apple로",
    "cat": "cat을 cat이 cat은 cat과 cat으로",
    "T-shirt": "T-shirt를 T-shirt가 T-shirt는 T-shirt와 T-shirt로",
    "A": "A를 A가 A는 A와 A로",
    "M": "M을 M이 M은 M과 M으로",
    "URL": "URL을 URL이 URL은 URL과 URL로",
    "7(0.24)": "7(0.24)을 7(0.24)이 7(0.24)은 7(0.24)과 7(0.24)로",
    "桜": "桜을(를) 桜이(가) 桜은(는) 桜과(와) 桜(으)로",
}


@pytest.mark.parametrize("name", AS_ONE_SAYS)
def test_korean_particles_follow_the_sound_of_what_stands_before_them(name: str) -> None:
    template = "{name}을(를) {name}이(가) {name}은(는) {name}과(와) {name}(으)로"
    assert fill_placeholders("here", template, {"name": name}) == AS_ONE_SAYS[name]


def test_the_copula_follows_too() -> None:
    assert agreed("3(이)라는 숫자") == "3이라는 숫자"
    assert agreed("9(이)라는 숫자") == "9라는 숫자"


def test_one_is_one_and_everything_else_is_many() -> None:
    said = [agreed(f"with {number} neuron(s).") for number in ("1", "0", "2", "11", "1,001", "16 and 1")]
    assert said == [
        "with 1 neuron.",
        "with 0 neurons.",
        "with 2 neurons.",
        "with 11 neurons.",
        "with 1,001 neurons.",
        "with 16 and 1 neurons.",
    ]
    assert (
        agreed("a function f(s) of s, and a word (in brackets)") == "a function f(s) of s, and a word (in brackets)"
    )


@pytest.mark.parametrize("lang", languages())
def test_no_particle_stands_fixed_after_a_name_or_a_number(lang: str) -> None:
    """Where a placeholder is followed by a particle, the sentence says both of its forms."""
    forms = "|".join(sorted({form for pair in PARTICLES.values() for form in pair if form}, key=len, reverse=True))
    fixed = re.compile(r"\{(?!accuracy|share|seen|against)[^{}]*\}" + rf"(?:{forms})(?![가-힣(])")
    for key, value in script_entries(pages(lang)):
        for text in value if isinstance(value, list) else [value]:
            assert not (isinstance(text, str) and fixed.search(text)), f"{'.'.join(key)}: {text}"
