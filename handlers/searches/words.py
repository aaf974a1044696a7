"""What is said in a search: descriptions, sightings, found, a mistake. Pure functions over one text."""

from __future__ import annotations

import re
from enum import StrEnum

from storage.enums import SearchKind

_LOST = re.compile(
    r"[我俺]+(?:妈|爸|爷|奶|外|家|老|孙|女|儿|公|婆|丈|孩)|不见|走丢|走失|走散|失踪|寻人|没回|还没到家|找不到人|联系不上"
)
_PICKED_UP = re.compile(r"捡到|领到|收留")
_MET = re.compile(
    r"碰到|碰见|遇到|遇见|发现|看到|看见|有个|有位|有一[个位]|谁家|哪家|说不清|说不出|问不出|不认得家|认不得家|找不到家|找妈妈"
)


def kind_of(text: str) -> SearchKind:
    """Whether somebody is missing, or somebody lost has been met and belongs to a family."""
    if _PICKED_UP.search(text) or (_MET.search(text) and not _LOST.search(text)):
        return SearchKind.FOUND
    return SearchKind.MISSING


class Slot(StrEnum):
    """One thing to know, asked in one short question."""

    WHO = "who"
    WEARING = "wearing"
    SEEN = "seen"
    WHERE = "where"
    LOOKS = "looks"
    PHOTO = "photo"


SLOTS = {
    SearchKind.MISSING: (Slot.WHO, Slot.WEARING, Slot.SEEN, Slot.PHOTO),
    SearchKind.FOUND: (Slot.WHERE, Slot.LOOKS, Slot.PHOTO),
}
_CLOTHES = r"穿|戴着|戴[帽眼口]|上衣|外套|棉袄|裤|鞋|帽|裙|毛衣|衬衫|羽绒|睡衣|书包|背心|雨衣|拐杖"
_TIME = r"\d\s*[点時时:：]|[一二三四五六七八九十两]点|早上|上午|中午|下午|傍晚|晚上|昨天|今天|刚才|刚刚|小时|分钟|放学|凌晨|半夜"
_PLACE = r"在|从|门口|附近|公园|超市|菜场|市场|学校|医院|车站|公交|路口|小区|广场|商场|河边|\d\s*[幢栋号]"
_AGE = r"\d{1,3}\s*[多来]?周?岁|[一二三四五六七八九十]{1,3}[多来]?周?岁"
_TELLS: dict[Slot, tuple[re.Pattern[str], ...]] = {
    Slot.WHO: (
        re.compile(_AGE),
        re.compile(
            rf"叫\S|姓\S|名字|(?:^|[，,。\s])[\u4e00-\u9fff]{{2,3}}[，,\s]+[男女今年，,\s]*(?:{_AGE})"
        ),
    ),
    Slot.WEARING: (re.compile(_CLOTHES),),
    Slot.SEEN: (re.compile(_TIME), re.compile(_PLACE)),
    Slot.WHERE: (re.compile(_PLACE),),
    Slot.LOOKS: (re.compile(_CLOTHES),),
}


def told_in(text: str, kind: SearchKind) -> set[Slot]:
    """What a report already says, so that it need not be asked."""
    return {
        slot for slot in SLOTS[kind] if slot in _TELLS and all(each.search(text) for each in _TELLS[slot])
    }


def describes(text: str, kind: SearchKind) -> set[Slot]:
    """What an answer is about: a part is enough, since it was asked for."""
    return {
        slot for slot in SLOTS[kind] if slot in _TELLS and any(each.search(text) for each in _TELLS[slot])
    }


_NOTHING = re.compile(r"(?:没有?|无|不知道|不清楚|不晓得|不记得|忘了|没照片|没有照片|手边没有)(?:了|啊|呀)?")
_IDLE = re.compile(
    r"(?:谢谢|多谢|感谢|拜托|麻烦|辛苦|好的?|嗯+|哦+|知道了|收到|已经?|我们?|刚|在|都|大家|各位|邻居|帮忙|找|了|您|你|们"
    r"|报警|打过?|110|警察|派出所|民警|来|急死|急|[，,。.！!~～\s])+"
)


def is_nothing(text: str) -> bool:
    """The reporter has no answer to this question."""
    return _NOTHING.fullmatch(_bare(text)) is not None


def is_idle(text: str) -> bool:
    """Thanks and the like, which describe nobody."""
    return _IDLE.fullmatch(text.strip()) is not None


_FOUND = re.compile(
    r"(?:人|孩子|老人|妈妈?|爸爸?|爷爷|奶奶)?(?:已经?|现在|终于|刚刚?)*(?:找到(?:人)?了|找到啦|找着了|寻到了|已找到|找回来了|(?:自己)?回来了|(?:自己)?回家了"
    r"|接(?:回来|到)了|平安(?:回家|到家)?了?)(?:[，,。！!\s]*(?:谢谢|感谢|多谢|辛苦)\S{0,12})?"
)
_MISTAKE = re.compile(
    r"(?:对不起|不好意思|抱歉|是|这是|一场|，|,|\s)*(?:误报|误会|虚惊一场|虚惊|弄错了|搞错了|(?:人|原来|其实)+(?:就|都)?在家(?:里|呢)?)(?:了|一场|呢)?(?:[，,。！!\s]*\S{0,8})?"
)
_NUMBERED = re.compile(r"(?:(?P<before>\d{4,7})\s*)?(?P<words>.*?)(?:[\s，,：:]*(?P<after>\d{4,7}))?")


def is_found(text: str) -> bool:
    """「找到了」, not 「没找到」 nor 「找到了吗」."""
    return _FOUND.fullmatch(_bare(text)) is not None


def is_mistake(text: str) -> bool:
    """「误报」「虚惊一场」「人在家」."""
    return _MISTAKE.fullmatch(_bare(text)) is not None


_SAW = re.compile(r"看见|看到|见到|见过|瞧见|碰到|碰见|遇到|遇见|撞见|找到")
_NO_SIGHT = re.compile(
    r"没(?:有)?(?:看|见|碰|遇|瞧|发现|找)|有没有|谁[看见有]|有人[看见]|哪[个位][看见]|[看见]到?(?:请|的话|后|没|消息|通知|群|信息|帖|这条)"
    r"|[?？]\s*$|[吗么没]\s*[。.?？]?$|希望|如果|要是|帮忙|留意|转发|消息|朋友圈|找到了吗"
)
_PERSON = re.compile(
    r"(?<![没有])人|[他她]|老太|老头|老人|老伯|大爷|大妈|阿婆|爷爷|奶奶|小孩|孩子|男孩|女孩|小囡|宝宝|像|很像|就是|应该是"
    r"|往\S|朝\S|方向|走|坐|站|蹲|哭|跑|上车|" + _CLOTHES
)
_AFTER = re.compile(r"[了过的啦呀呢哦。.！!~～，,\s]|刚才|刚刚|好像")
_SPOT = re.compile(
    r"在\S|站|门|路|街|口|店|超市|公园|菜场|市场|学校|医院|桥|河|楼|幢|栋|广场|商场|银行|车库|电梯|小区|公交|地铁|东|南|西|北|这里|这边|那边"
)
_LONGEST_SIGHTING = 120


def is_sighting(text: str) -> bool:
    """Whether a neighbour says that he has seen the person; nothing else is spoken of after the verb."""
    said = _SAW.search(text)
    if said is None or len(text) > _LONGEST_SIGHTING or _NO_SIGHT.search(text):
        return False
    return bool(_PERSON.search(text)) or not _AFTER.sub("", text[said.end() :])


def says_where(text: str) -> bool:
    """Whether a sighting names a place."""
    return _SPOT.search(text) is not None


class SearchWord(StrEnum):
    """What the staff may say about a search."""

    YES = "yes"
    WIDER = "wider"
    FOUND = "found"
    MISTAKE = "mistake"
    BEGIN = "begin"
    SIGHTINGS = "sightings"


_STAFF = (
    (SearchWord.WIDER, re.compile(r"扩大(?:范围)?|发全部|发全街道|全部发")),
    (SearchWord.YES, re.compile(r"发|同意|发吧|发了吧|可以发|同意发|发布|发出去|可以|发照片")),
    (SearchWord.BEGIN, re.compile(r"寻人|找人")),
    (SearchWord.SIGHTINGS, re.compile(r"(?:看|查)?线索")),
    (SearchWord.FOUND, _FOUND),
    (SearchWord.MISTAKE, re.compile(r"误报|误会|是误会|虚惊一场|虚惊|是误报")),
)


def read_search_word(text: str) -> tuple[SearchWord, int | None] | None:
    """``发``, ``同意 1024``, ``1024找到了``, ``误报``; None for other talk."""
    match = _NUMBERED.fullmatch(_bare(text))
    if match is None:
        return None
    number = match["before"] or match["after"]
    for word, pattern in _STAFF:
        if pattern.fullmatch(match["words"].strip(" ，,：:")):
            return word, int(number) if number else None
    return None


def _bare(text: str) -> str:
    return text.strip().strip("“”\"'。.！!~～，, \n\u2005")
