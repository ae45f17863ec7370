"""What is wrong with a request, by the codes of the standard (section 3.6)."""


class OaiError(Exception):
    """One error; `keeps_arguments` is whether the answer repeats the arguments of the request.

    They are not repeated where they are what is wrong: the schema would not allow them.
    """

    def __init__(self, code: str, detail: str, *, is_malformed: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.keeps_arguments = not is_malformed and code not in ("badVerb", "badArgument")


class Busy(Exception):
    """Changes under way do not let the list go on just now."""
