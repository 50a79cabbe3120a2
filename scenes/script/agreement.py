"""Words that follow what is filled in before them: Korean particles, and plurals.

A sentence says both forms, as Korean does where the word before is unknown: ``{label}을(를)``, ``{answer}(으)로``,
``{count} neuron(s)``, ``{count} bias(es)``. The form that fits is left. Particles stay in both forms after a word
that cannot be read.
"""

from __future__ import annotations

import re

PARTICLES = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)": ("이", ""),
}  # after a consonant, after a vowel
_PARTICLE = re.compile("|".join(map(re.escape, PARTICLES)))
_PLURAL = re.compile(r"(?P<before>\S+ )?(?P<number>\d[\d,.]*) (?P<word>\w+)\((?P<ending>e?s)\)")
_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = "가", "힣", 28  # every 28th syllable of Unicode ends with a vowel
_L = 8  # the number of the final ㄹ, after which (으)로 is 로
_DIGITS = dict(zip("0123456789", (21, _L, 0, 16, 0, 0, 1, _L, _L, 0), strict=True))  # 영 일 이 삼 사 오 육 칠 팔 구
_LETTERS = {"L": _L, "R": _L, "M": 16, "N": 4}  # 엘 알 엠 엔; the names of all others end with a vowel
_WORDS = (  # ends of Latin words, as Korean writes them, with their finals
    (re.compile(r"(l|[^aeiou]le|[aeiou]le)$"), _L),
    (re.compile(r"(m|[aeiou]me)$"), 16),
    (re.compile(r"(n|ng|[aeiou]ne)$"), 4),
    (re.compile(r"(^|[^aeiou])[aeiou](b|c|ck|k|p|t)$"), 1),
)


def agreed(text: str) -> str:
    """Return the text with one form left of each particle and plural."""
    text = _PLURAL.sub(_counted, text)
    return _PARTICLE.sub(lambda found: _particle(text[: found.start()], found[0]), text)


def final_of(text: str) -> int | None:
    """Return the number of the final consonant of the text's last syllable, 0 if it has none.

    Numbers are read in Chinese numerals, percentages end with 퍼센트, and Latin words are read as Korean writes them.
    None if that is unknown.
    """
    text = re.sub(r"[^\w%]+$", "", re.sub(r"\([^()]*\)$", "", text))  # a remark in brackets is not read
    last = text[-1:]
    if last == "%":
        return 0
    if last in _DIGITS and last:
        return _DIGITS[last]
    if _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE:
        return (ord(last) - ord(_FIRST_SYLLABLE)) % _FINALS
    word = re.search(r"[A-Za-z]*$", text)
    return _final_of_latin(word[0]) if word and word[0] else None


def _final_of_latin(word: str) -> int:
    """Return the final of an abbreviation by the name of its last letter, else of a word by its ending."""
    if word.isupper() or len(word) == 1:
        return _LETTERS.get(word[-1].upper(), 0)
    return next((final for ending, final in _WORDS if ending.search(word.lower())), 0)


def _particle(before: str, both: str) -> str:
    final = final_of(before)
    if final is None:
        return both
    after_consonant, after_vowel = PARTICLES[both]
    return after_vowel if final == 0 or (final == _L and both == "(으)로") else after_consonant


def _counted(found: re.Match[str]) -> str:
    """Return number and word; a list of numbers is many, whatever its last."""
    is_one = found["number"] == "1" and (found["before"] or "").strip() not in ("and", "or")
    return f"{found['before'] or ''}{found['number']} {found['word']}{'' if is_one else found['ending']}"
