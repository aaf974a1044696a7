"""The neighbourhood's categories of matters: a stable code for programs, a Chinese name for people."""

from dataclasses import dataclass

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of matter; `code` never changes, `name` is what residents and stewards read."""

    code: str
    name: str


CATEGORIES: tuple[Category, ...] = (
    Category("lighting", "公共照明"),
    Category("water", "供水排水"),
    Category("power", "供电用电"),
    Category("gas", "燃气"),
    Category("elevator", "电梯"),
    Category("facility", "公共设施维修"),
    Category("building", "房屋安全"),
    Category("sanitation", "环境卫生"),
    Category("greening", "园林绿化"),
    Category("noise", "噪音扰民"),
    Category("parking", "停车秩序"),
    Category("fire_safety", "消防隐患"),
    Category("illegal_building", "违建群租"),
    Category("animals", "宠物虫害"),
    Category("security", "治安防范"),
    Category("fraud", "诈骗线索"),
    Category("dispute", "邻里纠纷"),
    Category("property", "物业服务"),
    Category("helping_hand", "人力帮扶"),
    Category("home_service", "便民服务"),
    Category("elderly", "养老助残"),
    Category("policy", "政策咨询"),
    Category("activity", "活动"),
    Category("suggestion", "意见建议"),
    Category("missing_person", "走失寻人"),
    Category("emergency", "突发急救"),
    Category(OTHER, "其他"),
)

_NAME_OF = {category.code: category.name for category in CATEGORIES}
_CODE_OF = {category.name: category.code for category in CATEGORIES} | {code: code for code in _NAME_OF}


def category_name(code: str) -> str:
    """The Chinese name of a code; a code nobody knows is its own name."""
    return _NAME_OF.get(code, code)


def category_code(name: str) -> str:
    """The code of a Chinese name or of a code; an unknown name is its own code."""
    return _CODE_OF.get(name, name)
