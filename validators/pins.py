"""PINs: which digits are too easy to guess."""

_UP = "01234567890123456789"
_DOWN = _UP[::-1]


def pin_fault(pin: str) -> str | None:
    """What is wrong with a new PIN, or None: 4 to 12 digits, not one digit, not a run."""
    if not (pin.isascii() and pin.isdigit()):
        return "A PIN must be made of digits alone."
    if len(set(pin)) == 1:
        return "A PIN may not repeat one digit."
    if pin in _UP or pin in _DOWN:
        return "A PIN may not be a run of digits such as 1234 or 9876."
    return None
