"""What Glue's classifier makes of JSON values: a type, the type of two together, and its name."""


def type_of(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -2**31 <= value < 2**31 else "bigint"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list):
        element = None
        for one in value:
            element = merged(element, type_of(one))
        return "array", element
    if isinstance(value, dict):
        return "struct", {name: type_of(one) for name, one in value.items()}
    return "string"


NUMBERS = ["int", "bigint", "double"]


def merged(one, other):
    if one is None or one == other:
        return other if one is None else one
    if other is None:
        return one
    if isinstance(one, tuple) and isinstance(other, tuple) and one[0] == other[0]:
        if one[0] == "array":
            return "array", merged(one[1], other[1])
        return "struct", {name: merged(one[1].get(name), other[1].get(name)) for name in {**one[1], **other[1]}}
    if one in NUMBERS and other in NUMBERS:
        return max(one, other, key=NUMBERS.index)
    return "string"


def name_of(kind):
    if not isinstance(kind, tuple):
        return kind or "string"
    if kind[0] == "array":
        return f"array<{name_of(kind[1])}>"
    return f"struct<{','.join(f'{name}:{name_of(one)}' for name, one in kind[1].items())}>"
