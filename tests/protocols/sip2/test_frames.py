"""Frames: read whatever machines make of them, written as the standard has it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.sip2 import codec
from protocols.sip2.codec import Trailer, UnknownMessage, WrongChecksum
from protocols.sip2.messages import ANSWERS, REQUESTS
from protocols.sip2.server import LONGEST_FRAME, Frames, TooLong
from protocols.sip2.texts import ENCODINGS, LONGEST_VALUE, field_value
from tests.protocols.sip2.frames import BLANK_DATE, DATE, checksum, frame, read


def test_checksums_are_those_of_other_programs() -> None:
    assert codec.write("94", {"ok": "1"}, Trailer("0", has_checksum=True), "utf-8") == (
        b"941AY0AZFDFD\r"
    )
    assert codec.write("96", {}, Trailer(has_checksum=True), "utf-8") == b"96AZFEF6\r"
    assert codec.trailer(b"9900302.00AY1AZFCA5") == Trailer("1", has_checksum=True)
    assert codec.trailer(b"97AZFEF5") == Trailer(None, has_checksum=True)


@pytest.mark.parametrize("damaged", [b"9900302.00AY1AZFCA6", b"9900402.00AY1AZFCA5", b"97AZ0000"])
def test_a_wrong_checksum_is_seen(damaged: bytes) -> None:
    with pytest.raises(WrongChecksum):
        codec.trailer(damaged)


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        (b"9900302.00", Trailer()),
        (b"9900302.00AY7", Trailer("7", has_checksum=True)),
        (b"17AB1|AY3|", Trailer("3", has_checksum=True)),
        (b"9900302.00AY1AZfca5", Trailer("1", has_checksum=True)),
    ],
)
def test_error_detection_is_on_when_the_request_has_it(sent: bytes, end: Trailer) -> None:
    assert codec.trailer(sent) == end


def test_a_last_value_that_ends_like_a_sequence_number_is_whole() -> None:
    body = f"17{DATE}AOx|AB0012AY7|AZ".encode()
    sent = body + b"%04X" % (-sum(body) & 0xFFFF)
    assert codec.trailer(sent) == Trailer(None, has_checksum=True)
    assert codec.read(sent, "utf-8")["AB"] == "0012AY7"


def test_a_sequence_number_that_ends_like_a_field_is_one_after_a_field() -> None:
    body = f"17{DATE}AOx|AB0012|AY7|AZ".encode()
    sent = body + b"%04X" % (-sum(body) & 0xFFFF)
    assert codec.trailer(sent) == Trailer("7", has_checksum=True)
    assert codec.read(sent, "utf-8")["AB"] == "0012"


@pytest.mark.parametrize("barcode", ["AZ0001", "2026-AZ00FF", "LAZ12ab", "12AY7", "AY1"])
@pytest.mark.parametrize("delimiter", ["|", ""])
def test_a_barcode_may_end_as_a_message_does(barcode: str, delimiter: str) -> None:
    sent = f"17{DATE}AOx|AB{barcode}{delimiter}".encode()
    assert codec.trailer(sent) == Trailer()
    assert codec.read(sent, "utf-8")["AB"] == barcode


@pytest.mark.parametrize("sequence", [None, "4"])
def test_such_a_barcode_is_read_with_error_detection_too(sequence: str | None) -> None:
    numbered = f"AY{sequence}" if sequence else ""
    body = f"17{DATE}AOx|ABAZ0001|{numbered}AZ".encode()
    sent = body + checksum(body)
    assert codec.trailer(sent) == Trailer(sequence, has_checksum=True)
    assert codec.read(sent, "utf-8")["AB"] == "AZ0001"


def test_blanks_for_a_date_are_a_date() -> None:
    request = codec.read(f"11NY{DATE}{BLANK_DATE}AOx|AA1|AB2|".encode(), "utf-8")
    assert request.fixed["agency_due_date"] == BLANK_DATE
    assert (request["AA"], request["AB"]) == ("1", "2")


@pytest.mark.parametrize("text", ["65AOx|AA1|", f"65{DATE}AOx|AA1|", "65 AOx|AA1|"])
def test_a_date_may_be_left_out(text: str) -> None:
    request = codec.read(text.replace("65 ", "65").encode(), "utf-8")
    assert request["AA"] == "1"


def test_fields_may_be_missing_repeated_unknown_in_any_order_and_without_last_delimiter() -> None:
    request = codec.read(f"17{DATE}ZZ?|AB|AB  9 |AB8|AO".encode(), "utf-8")
    assert request["AB"] == "9"
    assert request["AA"] == ""
    assert request["AO"] == ""


def test_a_short_status_request_is_read() -> None:
    assert codec.read(b"99", "utf-8").fixed == {"status": "", "print_width": "", "version": ""}


@pytest.mark.parametrize(
    ("sent", "currency", "institution"),
    [
        ("EURAOlib|", "EUR", "lib"),
        ("eurAOlib|", "eur", "lib"),
        ("   AOlib|", "   ", "lib"),
        ("EUR|AOlib|", "EUR", "lib"),
        ("AOlib|", "", "lib"),
        ("AOABC|", "", "ABC"),
        ("AOABIBLIO|", "", "ABIBLIO"),
        ("|AOlib|", "", "lib"),
        ("BV1.00|AOlib|", "", "lib"),
        ("USDZZx|AOlib|", "USD", "lib"),
        ("AOAAOlib|", "AOA", "lib"),
        ("EUR", "EUR", ""),
    ],
)
def test_a_currency_that_is_left_out_takes_nothing_of_the_fields(
    sent: str, currency: str, institution: str
) -> None:
    request = codec.read(f"37{DATE}0100{sent}AA1".encode(), "utf-8")
    assert request.fixed["currency"] == currency
    assert (request["AO"], request["AA"]) == (institution, "1")


@pytest.mark.parametrize(
    "text",
    [
        f"23{DATE}",
        f"09{BLANK_DATE}{BLANK_DATE}",
        f"11{BLANK_DATE}{BLANK_DATE}",
        f"11N{BLANK_DATE}{BLANK_DATE}",
        f"29{DATE}{BLANK_DATE}",
        f"63{DATE}{'':10}",
        f"15{DATE}",
        f"01{BLANK_DATE}",
        f"37{DATE}01",
        "63",
        "37",
    ],
)
def test_a_fixed_field_that_is_left_out_takes_nothing_of_those_that_follow(text: str) -> None:
    request = codec.read(f"{text}AA1|AB2|".encode(), "utf-8")
    assert (request["AA"], request["AB"]) == ("1", "2")
    left = {name: value for name, value in request.fixed.items() if value}
    assert {"date", "return_date", "agency_due_date"} & left.keys() or len(text) == 2


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_control_characters_are_no_part_of_a_value(encoding: str) -> None:
    request = codec.read(f"17\0{DATE}AO\tx|A\0B1\0\x1f2\x7f|".encode(), encoding)
    assert (request["AO"], request["AB"]) == ("x", "12")
    assert request.fixed["date"] == DATE


@pytest.mark.parametrize("sent", [b"", b"1", b"00", b"98YYY", b"GET / HTTP/1.1", b"\xff\xfe"])
def test_what_is_no_request_is_unknown(sent: bytes) -> None:
    with pytest.raises(UnknownMessage):
        codec.read(sent, "utf-8")


@given(st.binary(max_size=200), st.sampled_from(ENCODINGS))
def test_reading_never_fails_otherwise(sent: bytes, encoding: str) -> None:
    stripped = codec.stripped(sent)
    try:
        codec.trailer(stripped)
        codec.read(stripped, encoding)
    except (WrongChecksum, UnknownMessage):
        return


@given(
    st.sampled_from(sorted(REQUESTS)),
    st.text(max_size=60),
    st.sampled_from(ENCODINGS),
    st.none() | st.integers(0, 9),
)
def test_what_is_written_is_read_by_others_whatever_its_values(
    code: str, text: str, encoding: str, sequence: int | None
) -> None:
    layout = ANSWERS[REQUESTS[code].answer]
    values: dict[str, Any] = dict.fromkeys((*layout.required, *layout.optional), text)
    values |= {"BL": "Y", "CQ": "N", "BH": "EUR", "BT": "01", "CI": "N", "CK": "001"}
    values |= {"BZ": "0001", "CA": "0001", "CB": "0001", "BX": "Y" * 16}
    values |= dict.fromkeys(("BW", "CJ", "CM", "date"), DATE) | {"AF": [text, text]}
    kept = {name: value for name, value in values.items() if name in {*layout[1], *layout[2]}}
    if "date" in layout.fixed:
        kept["date"] = DATE
    end = Trailer(None if sequence is None else str(sequence), has_checksum=sequence is not None)
    answer = codec.write(REQUESTS[code].answer, kept, end, encoding)
    told = read(answer, encoding, has_checksum=sequence is not None)
    if "AF" in kept:
        assert len(told.messages) == 2


@given(st.text(max_size=400), st.sampled_from(ENCODINGS))
def test_a_value_fits_its_field_in_every_encoding(text: str, encoding: str) -> None:
    value = field_value(text, encoding)
    assert len(value) <= LONGEST_VALUE
    assert not set(value) & {0, 10, 13, ord("|")}
    value.decode(encoding)


def test_letters_that_an_encoding_lacks_become_their_nearest_ones() -> None:
    assert field_value("Škoda ß é", "cp850") == b"Skoda \xe1 \x82"
    assert field_value("Müller, Žofie Œuvre", "ascii") == b"Muller, Zofie Oeuvre"
    assert field_value("Толстой", "ascii") == b"Tolstoy"


def test_long_values_end_at_a_whole_letter() -> None:
    assert field_value("é" * 200, "utf-8").decode() == "é" * 127


def test_a_value_cannot_end_its_field_or_its_message() -> None:
    assert field_value("a|b\rc\nd\0e", "utf-8") == b"a b c d e"


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b"\r\r", b" \r\n\r\n", b"\0\r"])
def test_every_terminator_ends_a_frame_and_empty_ones_are_left_out(terminator: bytes) -> None:
    sent = terminator.join([frame("97", None), frame("9900302.00", None), b""])
    assert list(Frames().feed(sent)) == [b"97", b"9900302.00"]


def test_a_frame_may_come_in_pieces() -> None:
    frames = Frames()
    assert [list(frames.feed(bytes([byte]))) for byte in b"97\r"] == [[], [], [b"97"]]


def test_what_terminals_send_before_a_message_is_left_out() -> None:
    assert list(Frames().feed(b"\xff\xfb\x01\n\0 97\r")) == [b"97"]


@pytest.mark.parametrize("end", [b"", b"\r"])
def test_a_message_without_end_is_not_waited_for(end: bytes) -> None:
    with pytest.raises(TooLong):
        list(Frames().feed(b"9" * (LONGEST_FRAME + 1) + end))


def test_a_name_that_a_message_does_not_have_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        codec.write("94", {"AF": "x"}, Trailer(), "utf-8")
    with pytest.raises(ValueError, match="ok has 1"):
        codec.write("94", {"ok": "10"}, Trailer(), "utf-8")


@pytest.mark.timeout(20)
def test_a_message_is_not_gone_through_for_ever() -> None:
    request: Any = codec.read(b"9900302.00", "utf-8")
    told: Any = read(codec.write("96", {}, Trailer("0", has_checksum=True), "utf-8"))
    assert "AA" not in told
    for message in (request, told):
        with pytest.raises(TypeError):
            list(message)
