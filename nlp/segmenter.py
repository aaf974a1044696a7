"""Words: jieba's dictionary (through rjieba, the same words about 30 times faster) plus the rules' terms.

The dictionary takes 60 ms to read, so it is read when a rule book is compiled, not when this is imported.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

_FIRMNESS = 3
_VERY_FIRM = 30


def _dictionary() -> Any:
    import rjieba

    return rjieba.Jieba()


@cache
def _jieba() -> Any:
    return _dictionary()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def segment(text: str) -> list[str]:
    """jieba's words of the text (`jieba.lcut`), with its guesses at names and new words."""
    try:
        return list(_jieba().cut(text, True))
    except UnicodeEncodeError:
        return list(_jieba().cut(_encodable(text), True))


def plain_words(text: str) -> list[str]:
    """The words of the dictionary alone: what it does not know falls into single characters."""
    return list(_jieba().cut(text, False))


def frequency(word: str) -> int:
    """How common a word is (occurrences in jieba's corpus of 60 million words); 1 at least."""
    return max(int(_jieba().suggest_freq(word)), 1)


class Segmenter:
    """Cuts folded text into the dictionary's words and the added terms; joined, they are the text again."""

    def __init__(
        self, terms: Iterable[str], soft: frozenset[str] = frozenset(), *, firm: bool = False
    ) -> None:
        """`firm` lets the terms, but for those in `soft`, win over the dictionary's other words ("路灯"
        before "灯不亮").

        The terms are learned in the order given: how common each becomes depends on those before it.
        """
        self._jieba = _dictionary()
        ordered = sorted(terms, key=lambda term: term in soft)
        self.unknown = frozenset(
            term for term in ordered if not self._learn(term, firm=firm and term not in soft)
        )

    def _learn(self, term: str, *, firm: bool) -> bool:
        """Make the term a word; False when jieba would never keep it in one piece (blanks, emoji)."""
        if len(term) == 1 or (not firm and self._jieba.cut(term, False) == [term]):
            return True
        firmness = _VERY_FIRM if firm else _FIRMNESS
        self._jieba.add_word(term, max(self._jieba.suggest_freq(term), 1) * firmness, None)
        return bool(self._jieba.cut(term, False) == [term])

    def words(self, text: str) -> list[str]:
        """The words in order; never raises (lone surrogates become question marks)."""
        try:
            return self._jieba.cut(text, False)  # type: ignore[no-any-return]
        except UnicodeEncodeError:
            return self._jieba.cut(_encodable(text), False)  # type: ignore[no-any-return]
