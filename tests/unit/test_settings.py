"""Settings: read, understood or refused with a sentence, and all of them documented."""

import re
from dataclasses import MISSING, FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from api import settings
from api.settings import ROOT, Settings, SettingsError, read

KEY = "x" * 32
LEAST = {"SECRET_KEY": KEY}
UNUSABLE = (
    "postgresql://",
    "postgresql:///",
    "postgresql://octavo:topsecret@db.internal",
    "postgresql://octavo:topsecret@db.internal/",
    "postgresql://octavo:topsecret@db.internal:abc/octavo",
    "postgresql://octavo:topsecret@db.internal:99999/octavo",
    "postgresql://octavo:topsecret#1@db.internal/octavo",
    "postgresql://octavo:1#topsecret@db.internal/octavo",
    "postgresql://octavo:topsecret/1@db.internal/octavo",
    "postgresql://octavo:1/topsecret@db.internal/octavo",
    "postgresql://octavo:1/octavo?topsecret@db.internal/octavo",
    "postgresql://octavo:top[secret@db.internal/octavo",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite://var/octavo.db",
    "sqlite:///var/octavo.db?mode=ro",
)
AWRY = (
    "http://host",
    "redis://:topsecret@127.0.0.1:99999/0",
    "redis://:topsecret@127.0.0.1/abc",
    "redis://:topsecret#1@127.0.0.1/0",
    "redis://:1/topsecret@127.0.0.1/0",
    "unix://",
)
ASTRAY = (
    "http://user:topsecret@mail.example.org",
    "smtp://user:topsecret#1@mail.example.org:587",
    "smtp://user:25#topsecret@mail.example.org:587",
    "smtp://user:topsecret/1@mail.example.org:587",
    "smtp://user:25/topsecret@mail.example.org:587",
    "smtp://user:25?topsecret@mail.example.org:587",
    "smtp://user:top[secret@mail.example.org:587",
    "smtps://user:topsecret@mail.example.org:0",
    "smtps://user:topsecret@mail.example.org:99999",
)


def value(name: str, text: str) -> Any:
    """The setting, as understood from this text."""
    (field,) = (field for field in fields(Settings) if field.metadata["name"] == name)
    return getattr(read({**LEAST, name: text}), field.name)


def complaint(**environ: str) -> str:
    """What is said of settings that are wrong."""
    with pytest.raises(SettingsError) as refused:
        read(environ)
    return str(refused.value)


def test_the_table_in_the_documentation_is_complete_and_true() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    table = re.findall(r"^\| `([A-Z0-9_]+)` \| (?:none|`(.*?)`) \| (.*) \|$", page, re.MULTILINE)
    metadata = [field.metadata for field in fields(Settings)]
    assert table == [(each["name"], each["default"] or "", each["help"]) for each in metadata]


def test_every_default_can_be_read() -> None:
    found = read(LEAST)
    assert all(getattr(found, field.name, MISSING) is not MISSING for field in fields(Settings))
    assert found.environment == "production"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read({**LEAST, "PORT": ""}).port == 8000


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        read(LEAST).port = 1  # type: ignore[misc]


@pytest.mark.parametrize("environment", ["production", "testing"])
def test_outside_development_no_secret_means_no_start(environment: str) -> None:
    told = complaint(OCTAVO_ENV=environment)
    assert told.startswith("SECRET_KEY: it is required outside development. Make one with `python")


def test_in_development_a_secret_is_made_once_and_kept_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    first = read({"OCTAVO_ENV": "development"}).secret_keys
    assert read({"OCTAVO_ENV": "development"}).secret_keys == first
    assert len(first[0]) >= 32
    assert (tmp_path / "var" / "development.key").stat().st_mode & 0o777 == 0o600


def test_several_secrets_are_read_oldest_first() -> None:
    assert value("SECRET_KEY", f"{KEY}1, {KEY}2") == (f"{KEY}1", f"{KEY}2")


@pytest.mark.parametrize("keys", ["short", f"{KEY},short", ","])
def test_a_short_secret_is_refused(keys: str) -> None:
    assert complaint(SECRET_KEY=keys) == "SECRET_KEY: every key needs at least 32 characters."


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = complaint(**LEAST, PORT="http", CURRENCY="euro", DEMO="perhaps")
    assert [line.partition(":")[0] for line in told.splitlines()] == ["PORT", "DEMO", "CURRENCY"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("OCTAVO_ENV", "testing", "testing"),
        ("DEMO", "No", False),
        ("DEMO", "1", True),
        ("PORT", "65535", 65535),
        ("DATABASE_URL", "postgres://me@host/db", "postgres://me@host/db"),
        ("DATABASE_URL", "sqlite:////srv/books.db", "sqlite:////srv/books.db"),
        ("DATABASE_URL", "sqlite:///var/books.db", f"sqlite:///{ROOT}/var/books.db"),
        ("CORS_ORIGINS", "https://a.example, http://b.example:8080", None),
        ("CORS_ORIGINS", "*", ("*",)),
        ("CORS_ORIGINS", "HTTPS://Catalogue.Example.org", ("https://catalogue.example.org",)),
        ("CORS_ORIGINS", "https://example.org:443", ("https://example.org",)),
        ("CORS_ORIGINS", "http://example.org:443", ("http://example.org:443",)),
        ("CORS_ORIGINS", "http://b\u00fccher.example:80", ("http://xn--bcher-kva.example",)),
        ("CORS_ORIGINS", "http://[0:0::1]:8080", ("http://[::1]:8080",)),
        ("CURRENCY", "USD", "USD"),
        ("HOST", "0.0.0.0", "0.0.0.0"),  # noqa: S104  only read here
        ("HOST", "[::1]", "[::1]"),
        ("HOST", "localhost", "localhost"),
        ("RATE_LIMIT_LOGIN", "OFF", None),
        ("REGISTRATION", "closed", "closed"),
    ],
)
def test_values_are_understood(name: str, text: str, expected: Any) -> None:
    if name == "CORS_ORIGINS" and expected is None:
        expected = ("https://a.example", "http://b.example:8080")
    assert value(name, text) == expected


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql:///octavo"),
        ("DATABASE_URL", "postgresql://me:p%23@[::1]:5432/octavo?sslmode=require"),
        ("DATABASE_URL", "sqlite:////srv/b@ck/octavo.db"),
        ("REDIS_URL", "redis://:p%2F@host:6379/1"),
        ("REDIS_URL", "rediss://host"),
        ("REDIS_URL", "unix:///run/redis.sock"),
    ],
)
def test_urls_are_taken_as_they_are(name: str, url: str) -> None:
    assert value(name, url) == url


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [("5 per 10 minutes", 5, 600), ("100/hour", 100, 3600), ("1 per second", 1, 1)],
)
def test_rates_are_understood(text: str, amount: int, seconds: int) -> None:
    rate = value("RATE_LIMIT_LOGIN", text)
    assert (rate.amount, rate.get_expiry()) == (amount, seconds)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OCTAVO_ENV", "staging"),
        ("DATABASE_URL", "mysql://host/db"),
        ("DATABASE_URL", "octavo.db"),
        *(("DATABASE_URL", url) for url in UNUSABLE),
        *(("REDIS_URL", url) for url in AWRY),
        *(("SMTP_URL", url) for url in ASTRAY),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "80.0"),
        ("PORT", "\u0668\u0660"),
        ("WORKERS", "0"),
        ("WORKERS", "257"),
        ("DEMO", "maybe"),
        ("RATE_LIMIT_LOGIN", "often"),
        ("RATE_LIMIT_LOGIN", "5"),
        ("RATE_LIMIT_LOGIN", "0 per minute"),
        ("RATE_LIMIT_CALLER", "-5 per minute"),
        ("RATE_LIMIT_LOGIN", "5 per 0 minutes"),
        ("RATE_LIMIT_LOGIN", "5 per minute; 10 per hour"),
        ("RATE_LIMIT_ANONYMOUS", "5 per fortnight"),
        ("CORS_ORIGINS", "example.org"),
        ("CORS_ORIGINS", "https://example.org/"),
        ("CORS_ORIGINS", "https://"),
        ("CORS_ORIGINS", "https://me@example.org"),
        ("CORS_ORIGINS", "https://example.org:port"),
        ("CORS_ORIGINS", "https://example.org#top"),
        ("CURRENCY", "eur"),
        ("CURRENCY", "XYZ"),
        ("HOST", "a b"),
        ("HOST", "::1"),
        ("HOST", "999.1.1.1"),
        ("REGISTRATION", "maybe"),
        ("MAX_BODY_BYTES", "1 MiB"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("PASSWORD_ROUNDS", "3"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(name: str, text: str) -> None:
    assert re.fullmatch(rf"{name}: (give|say) .+\.", complaint(**{**LEAST, name: text}))


@pytest.mark.parametrize(
    ("name", "urls"), [("DATABASE_URL", UNUSABLE), ("REDIS_URL", AWRY), ("SMTP_URL", ASTRAY)]
)
def test_a_refused_url_is_not_repeated(name: str, urls: tuple[str, ...]) -> None:
    for url in urls:
        assert "topsecret" not in complaint(**{**LEAST, name: url})


def test_logs_are_for_people_in_development_alone() -> None:
    assert read({**LEAST, "OCTAVO_ENV": "production"}).logs_json
    assert not read({**LEAST, "OCTAVO_ENV": "development"}).logs_json
    assert not read({**LEAST, "LOG_FORMAT": "text"}).logs_json


def test_the_library_s_language_is_given_in_short_or_in_whole() -> None:
    assert [value("LIBRARY_LANGUAGE", code) for code in ("de", "ger", "DEU", "es")] == [
        "ger",
        "ger",
        "ger",
        "spa",
    ]
    assert "LIBRARY_LANGUAGE" in complaint(**LEAST, LIBRARY_LANGUAGE="xx")


def test_letters_are_printed_on_paper_that_has_an_envelope() -> None:
    assert value("LIBRARY_PAPER", "Letter") == "letter"
    assert "LIBRARY_PAPER: give a4 or letter" in complaint(**LEAST, LIBRARY_PAPER="legal")


def test_the_public_address_loses_its_trailing_slash() -> None:
    assert value("PUBLIC_URL", "https://library.example.org/") == "https://library.example.org"


@pytest.mark.parametrize(
    "text",
    [
        *("library.example.org", "ftp://x", "https://u:p@x", "https://x?y", "https://bü_x"),
        *("https://[x", "https://x:80a", "https://x:99999", "https://x:0", "https://x y"),
    ],
)
def test_a_public_address_that_no_reader_could_open_stops_the_start(text: str) -> None:
    assert "PUBLIC_URL: give the address" in complaint(**LEAST, PUBLIC_URL=text)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LIBRARY_NAME", b"B\xfccherei"),
        ("LIBRARY_ADDRESS", b"M\xfcnchen"),
        ("LIBRARY_EMAIL", b"b\xfccherei@example.org"),
        ("PUBLIC_URL", b"https://b\xfccherei.example"),
        ("ADMIN_PASSWORD", b"gr\xfcner Tee am Abend"),
        ("SECRET_KEY", b"\xfc" * 32),
    ],
)
def test_a_text_in_another_encoding_than_utf_8_stops_the_start(name: str, told: bytes) -> None:
    text = told.decode("utf-8", "surrogateescape")  # As `os.environ` has it.
    assert complaint(**{**LEAST, name: text}) == f"{name}: give a text in UTF-8."


@pytest.mark.parametrize("name", ["LIBRARY_EMAIL", "ADMIN_EMAIL"])
@pytest.mark.parametrize(
    "text", ["Town Library <desk@library.org>", "desk", "a@b@c.org", "a@b.org "]
)
def test_what_is_not_an_address_alone_stops_the_start(name: str, text: str) -> None:
    assert f"{name}: give an address" in complaint(**{**LEAST, name: text})


@pytest.mark.parametrize("text", ["", ":8001", "127.0.0.1:8001", "[::1]:8001", "localhost:65535"])
def test_where_nginx_finds_uwsgi_is_host_and_port(text: str) -> None:
    assert read({**LEAST, "OCTAVO_SOCKET": text}).port == 8000


@pytest.mark.parametrize(
    "text", ["8001", "/run/octavo.sock", "127.0.0.1", "127.0.0.1:99999", "a b:8001", "::1:8001"]
)
def test_what_uwsgi_would_take_for_a_file_or_another_port_stops_the_start(text: str) -> None:
    told = "OCTAVO_SOCKET: give host and port, like 127.0.0.1:8001."
    assert complaint(**LEAST, OCTAVO_SOCKET=text) == told


def test_sip2_listens_nowhere_until_it_is_given_a_port() -> None:
    assert read(LEAST).sip2_port is None
    assert value("SIP2_PORT", "6001") == 6001
    assert "SIP2_PORT" in complaint(**LEAST, SIP2_PORT="0")
