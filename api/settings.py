"""Settings: one frozen object, read from the environment and understood before anything starts."""

import os
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import click
from limits import RateLimitItem, parse_many
from rapidfuzz.distance import OSA

from circulation.money import DECIMALS
from notices import kinds, smtp
from notices.kinds import Kinds
from validators.engine.domains import ascii_domain, ascii_url

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ("development", "testing", "production")
_ESCAPED = "with %23 for #, %2F for / and %40 for @ in a password"


class SettingsError(click.ClickException):
    """A setting that is missing or cannot be understood; the message says which and what to do.

    Being one of Click's, it ends a command with this message and without a traceback.
    """


def _text(value: str) -> str:
    """Bytes of another encoding come as signs that can be written nowhere (PEP 383)."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("give a text in UTF-8") from None
    return value


def _flag(value: str) -> bool:
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "false": False,
        "0": False,
        "no": False,
    }
    if value.lower() not in words:
        raise ValueError("say true or false")
    return words[value.lower()]


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in _text(value).split(",") if word.strip())


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", value) or not low <= int(value) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(value)

    return read


def _choice(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError("give one of " + ", ".join(choices))
        return value

    return read


def _rate(value: str) -> RateLimitItem | None:
    if value.lower() == "off":
        return None
    try:
        (rate,) = parse_many(value)
        if rate.amount < 1 or re.search(r"(per|/)\s*0", value):
            raise ValueError
    except ValueError:
        raise ValueError("say it like `5 per 10 minutes`, or `off`") from None
    return rate


def _address(value: str) -> SplitResult:
    """A URL in its parts, with signs of a password escaped, or they would end it too early.

    Raises ValueError, whose words are not to be told: they may quote the password.
    """
    parts = urlsplit(value)
    is_cut = parts.scheme != "sqlite" and "@" in parts.path + parts.query
    if "#" in value or is_cut or parts.port == 0:
        raise ValueError
    return parts


def _is_database(value: str) -> bool:
    try:
        parts = _address(value)
    except ValueError:
        return False
    name = parts.path.removeprefix("/")
    if parts.scheme == "sqlite":
        # In memory each process would have a library of its own.
        return not parts.netloc and not parts.query and name not in ("", ":memory:")
    return parts.scheme in ("postgresql", "postgres") and name != "" and "/" not in name


def _database(value: str) -> str:
    if not _is_database(value):
        raise ValueError(
            "give a URL like sqlite:///var/octavo.db or postgresql://user:password@host/name,"
            f" {_ESCAPED}"
        )
    # From the root on: uWSGI's spooler works in another folder, and must find the same file.
    return re.sub("^sqlite:///(?!/)", lambda begin: f"{begin[0]}{ROOT}/", value)


def _replica(value: str) -> str:
    if value and (not _is_database(value) or urlsplit(value).scheme == "sqlite"):
        raise ValueError(f"give a URL like postgresql://user:password@host/name, {_ESCAPED}")
    return value


def _folder(value: str) -> Path:
    return ROOT / value


def _is_redis(value: str) -> bool:
    try:
        parts = _address(value)
    except ValueError:
        return False
    if parts.scheme == "unix":
        return parts.path != ""
    return parts.scheme in ("redis", "rediss") and bool(re.fullmatch("(/[0-9]*)?", parts.path))


def _redis(value: str) -> str:
    if value and not _is_redis(value):
        raise ValueError(f"give a URL like redis://:password@host:6379/0, {_ESCAPED}")
    return value


def _origins(value: str) -> tuple[str, ...]:
    try:
        return tuple(origin if origin == "*" else _origin(origin) for origin in _words(value))
    except ValueError:
        raise ValueError("give origins like https://catalogue.example.org, with commas") from None


def _origin(told: str) -> str:
    """An origin as browsers send it (RFC 6454, section 6.2; the URL standard for hosts).

    In lower case and ASCII, without the port that is usual. Raises ValueError.
    """
    parts = urlsplit(told)
    usual = {"http": 80, "https": 443}[parts.scheme] if parts.scheme in ("http", "https") else None
    if usual is None or not parts.hostname or "@" in parts.netloc or parts[2:] != ("", "", ""):
        raise ValueError(told)
    host = ascii_domain(parts.hostname)
    if ":" in host:
        host = f"[{IPv6Address(host)}]"
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _currency(value: str) -> str:
    if value not in DECIMALS:
        raise ValueError("give an ISO 4217 code such as EUR")
    return value


def _host(value: str) -> str:
    """UWSGI takes an IPv6 address only in brackets, and listens nowhere for a name unknown here."""
    bracketed = re.fullmatch(r"\[(.*)\]", value)
    try:
        if bracketed:
            IPv6Address(bracketed[1])
        else:
            socket.gethostbyname(value)
    except (ValueError, OSError):
        told = "give an address such as 127.0.0.1 or [::1], or a name that this machine knows"
        raise ValueError(told) from None
    return value


def socket_address(value: str) -> tuple[str, int]:
    """Host and port of `OCTAVO_SOCKET`; for uWSGI no host is all addresses. Raises ValueError."""
    host, colon, port = value.rpartition(":")
    try:
        if not colon:
            raise ValueError
        return (_host(host) if host else "0.0.0.0"), _number(1, 65535)(port)  # noqa: S104
    except ValueError:
        raise ValueError("give host and port, like 127.0.0.1:8001") from None


def _public_url(value: str) -> str:
    if value and not _is_public_url(_text(value)):
        raise ValueError("give the address readers use, like https://library.example.org")
    return value.rstrip("/")


def _is_public_url(value: str) -> bool:
    try:
        parts = urlsplit(ascii_url(value))
        is_named = parts.hostname and parts.port != 0 and not re.search(r"\s", value)
    except ValueError:
        return False
    is_more = parts.query or parts.fragment or parts.username
    return parts.scheme in ("http", "https") and bool(is_named) and not is_more


def _email(value: str) -> str:
    """An address alone, without a name."""
    if value and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", _text(value)):
        raise ValueError("give an address alone, like info@library.example.org")
    return value


def _language(value: str) -> str:
    codes = {"en": "eng", "de": "ger", "fr": "fre", "es": "spa", "deu": "ger", "fra": "fre"}
    code = codes.get(value.lower(), value.lower())
    if code not in codes.values():
        raise ValueError("give one of en, de, fr, es")
    return code


def _paper(value: str) -> str:
    if value.lower() not in ("a4", "letter"):
        raise ValueError("give a4 or letter")
    return value.lower()


def _smtp(value: str) -> smtp.Server | None:
    return smtp.server(value) if value else None


def _optional_port(value: str) -> int | None:
    return _number(1, 65535)(value) if value else None


def _setting(name: str, read: Callable[[str], Any], default: str | None, help: str) -> Any:  # noqa: A002
    """A field of `Settings`: its variable, its reader, its default as text, its help."""
    return field(metadata={"name": name, "read": read, "default": default, "help": help})


@dataclass(frozen=True)
class Settings:
    """Every setting, as understood. `docs/configuration.md` lists the same, and a test compares."""

    environment: str = _setting(
        "OCTAVO_ENV", _choice(*ENVIRONMENTS), "production", "What this instance is for."
    )
    secret_keys: tuple[str, ...] = _setting(
        "SECRET_KEY",
        _words,
        None,
        "Keys that sign tokens and cursors, oldest first: the last signs, all verify. At least"
        " 32 characters each. In development one is made and kept under `var/`.",
    )
    database_url: str = _setting(
        "DATABASE_URL",
        _database,
        "sqlite:///var/octavo.db",
        "Where the data is: SQLite or PostgreSQL.",
    )
    database_read_url: str = _setting(
        "DATABASE_READ_URL",
        _replica,
        "",
        "A streaming replica of that PostgreSQL, which the catalogue may be read from:"
        " [replicas](replicas.md).",
    )
    replica_max_lag_seconds: int = _setting(
        "REPLICA_MAX_LAG_SECONDS",
        _number(1, 3600),
        "10",
        "How many seconds the replica may be behind; further behind, it is not read from.",
    )
    redis_url: str = _setting(
        "REDIS_URL",
        _redis,
        "",
        "Redis, where several nodes count for the rate limits together.",
    )
    var: Path = _setting(
        "OCTAVO_VAR",
        _folder,
        "var",
        "The folder for `imports/` (files waiting to be imported), `spool/` and `metrics/`.",
    )
    host: str = _setting("HOST", _host, "127.0.0.1", "The address to listen on.")
    port: int = _setting("PORT", _number(1, 65535), "8000", "The port to listen on.")
    workers: int = _setting("WORKERS", _number(1, 256), "2", "How many worker processes serve.")
    library_name: str = _setting(
        "LIBRARY_NAME", _text, "Octavo", "The library's name, in mails and as machines show it."
    )
    library_email: str = _setting(
        "LIBRARY_EMAIL",
        _email,
        "",
        "Where members and other libraries can write to.",
    )
    library_address: str = _setting(
        "LIBRARY_ADDRESS", _text, "", "The library's postal address, in mails and letters."
    )
    library_language: str = _setting(
        "LIBRARY_LANGUAGE",
        _language,
        "en",
        "The language of those who have not chosen one: `en`, `de`, `fr` or `es`.",
    )
    library_paper: str = _setting(
        "LIBRARY_PAPER",
        _paper,
        "a4",
        "The paper of letters to members, `a4` or `letter`, with the address where its envelopes"
        " have their window: [notices](notices.md).",
    )
    public_url: str = _setting(
        "PUBLIC_URL",
        _public_url,
        "",
        "The address at which readers and other programs find this instance, such as"
        " `https://library.example.org`.",
    )
    smtp_url: smtp.Server | None = _setting(
        "SMTP_URL",
        _smtp,
        "",
        "The mail server, such as `smtp://user:password@mail.example.org:587` or `smtps://…`; mails"
        " stay queued without one.",
    )
    notices: Kinds = _setting(
        "NOTICES",
        kinds.read,
        "",
        "What members are told of, and how many days before or after: such as"
        " `due-soon=3,overdue-1=1,hold-expiring=off,loan-receipt=on`; the rest is as in"
        " [notices](notices.md).",
    )
    webhook_allow_private: bool = _setting(
        "WEBHOOK_ALLOW_PRIVATE",
        _flag,
        "false",
        "Whether webhooks may lead to this machine and to private networks.",
    )
    sip2_host: str = _setting(
        "SIP2_HOST", _host, "127.0.0.1", "The address that `octavo sip2` listens on."
    )
    sip2_port: int | None = _setting(
        "SIP2_PORT",
        _optional_port,
        "",
        "The port that `octavo sip2` listens on; it does not start without one.",
    )
    sip2_cert: str = _setting(
        "SIP2_CERT", _text, "", "The file with the certificate of SIP2 over TLS, in PEM."
    )
    sip2_key: str = _setting(
        "SIP2_KEY", _text, "", "The file with the private key of that certificate, in PEM."
    )
    sip2_idle_minutes: int = _setting(
        "SIP2_IDLE_MINUTES",
        _number(1, 1440),
        "15",
        "Minutes after which a SIP2 connection is ended on which a machine says nothing.",
    )
    admin_email: str = _setting(
        "ADMIN_EMAIL",
        _email,
        "admin@example.org",
        "The administrator made at the first start.",
    )
    admin_password: str = _setting(
        "ADMIN_PASSWORD",
        _text,
        "",
        "That administrator's password; a random one is made and printed once when not given.",
    )
    demo: bool = _setting(
        "DEMO",
        _flag,
        "true",
        "Whether the first start loads the demonstration catalogue.",
    )
    rate_limit_login: RateLimitItem | None = _setting(
        "RATE_LIMIT_LOGIN",
        _rate,
        "5 per 10 minutes",
        "Wrong passwords, and registrations, for a pair of address and account; ten times as many"
        " for either alone, where right sign-ins count too.",
    )
    rate_limit_anonymous: RateLimitItem | None = _setting(
        "RATE_LIMIT_ANONYMOUS",
        _rate,
        "300 per minute",
        "Requests without credentials, by address.",
    )
    rate_limit_caller: RateLimitItem | None = _setting(
        "RATE_LIMIT_CALLER",
        _rate,
        "1200 per minute",
        "Requests of one signed-in caller.",
    )
    rate_limit_ipv6_prefix: int = _setting(
        "RATE_LIMIT_IPV6_PREFIX",
        _number(16, 128),
        "64",
        "How many bits of an IPv6 address count as one address.",
    )
    cors_origins: tuple[str, ...] = _setting(
        "CORS_ORIGINS",
        _origins,
        "",
        "Origins whose pages may call the API; `*` for all.",
    )
    catalogue_public: bool = _setting(
        "CATALOGUE_PUBLIC",
        _flag,
        "true",
        "Whether the catalogue can be read without signing in.",
    )
    registration: str = _setting(
        "REGISTRATION",
        _choice("open", "closed"),
        "open",
        "Whether people may register themselves.",
    )
    self_service: bool = _setting(
        "SELF_SERVICE",
        _flag,
        "false",
        "Whether members may lend to themselves and take back.",
    )
    require_if_match: bool = _setting(
        "REQUIRE_IF_MATCH",
        _flag,
        "false",
        "Whether changes must carry `If-Match` (428 if not).",
    )
    max_body_bytes: int = _setting(
        "MAX_BODY_BYTES",
        _number(1024, 1 << 30),
        str(1 << 20),
        "The largest request body.",
    )
    max_import_bytes: int = _setting(
        "MAX_IMPORT_BYTES",
        _number(1024, 1 << 40),
        str(64 << 20),
        "The largest file to import.",
    )
    keep_history_days: int = _setting(
        "KEEP_HISTORY_DAYS",
        _number(0, 36500),
        "365",
        "Days until it is forgotten who had a loan, from its return, or a hold, from its end. The"
        " day on which a hold ended is over first.",
    )
    currency: str = _setting("CURRENCY", _currency, "EUR", "Of all money, ISO 4217.")
    access_token_minutes: int = _setting(
        "ACCESS_TOKEN_MINUTES",
        _number(1, 60 * 24 * 30),
        "60",
        "How long an access token is good.",
    )
    refresh_token_days: int = _setting(
        "REFRESH_TOKEN_DAYS",
        _number(1, 3650),
        "30",
        "How long a sign-in lasts without use.",
    )
    trusted_proxies: int = _setting(
        "TRUSTED_PROXIES",
        _number(0, 16),
        "0",
        "How many proxies stand in front and set `X-Forwarded-For`.",
    )
    password_rounds: int = _setting(
        "PASSWORD_ROUNDS",
        _number(4, 16),
        "12",
        "The cost of bcrypt, as a power of two.",
    )
    log_format: str = _setting(
        "LOG_FORMAT",
        _choice("auto", "json", "text"),
        "auto",
        "`json` for one object a line, `text` for people; `auto` is text in development.",
    )

    @property
    def logs_json(self) -> bool:
        """Whether log lines are JSON objects."""
        chosen = self.log_format
        return chosen == "json" or (chosen == "auto" and self.environment != "development")


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment. Raises SettingsError naming every one that is wrong."""
    given = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for each in fields(Settings):
        name = each.metadata["name"]
        text = given.get(name, "") or each.metadata["default"]
        if text is None:
            continue
        try:
            values[each.name] = each.metadata["read"](text)
        except ValueError as error:
            wrong.append(f"{name}: {error}.")
    if not given.get("SECRET_KEY") and "environment" in values:
        _secret_keys(values, wrong)
    wrong += _weak_keys(values)
    wrong += _wrong_socket(given.get("OCTAVO_SOCKET", ""))
    if values.get("database_read_url") and values.get("database_url", "").startswith("sqlite"):
        wrong.append("DATABASE_READ_URL: SQLite has no replicas; leave it out.")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return Settings(**values)


# Read by uwsgi.ini and by tests, not by the application.
_ELSEWHERE = ("OCTAVO_SOCKET", "OCTAVO_LOG_FD", "OCTAVO_TEST_POSTGRES", "OCTAVO_TEST_REDIS")
_SHORTEST_GUESSED = 6


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like a setting and is none."""
    known = [each.metadata["name"] for each in fields(Settings)]
    unknown = sorted(environ.keys() - {*known, *_ELSEWHERE})
    return [sentence for name in unknown if (sentence := _misspelt(name, known))]


def _misspelt(name: str, known: list[str]) -> str | None:
    """One letter off a setting, or named like ours; a short name may well be another program's."""
    near = next((one for one in known if OSA.distance(name, one, score_cutoff=1) <= 1), None)
    if near is not None and len(near) >= _SHORTEST_GUESSED:
        return f"{name} is not a setting and has no effect; {near} is one."
    if name.startswith("OCTAVO_"):
        return f"{name} is not a setting and has no effect; docs/configuration.md lists them."
    return None


def _secret_keys(values: dict[str, Any], wrong: list[str]) -> None:
    if values["environment"] == "development":
        values["secret_keys"] = (_development_key(),)
        return
    wrong.append(
        "SECRET_KEY: it is required outside development. Make one with"
        " `python -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it secret;"
        " for a command beside `make run` say OCTAVO_ENV=development instead."
    )


def _wrong_socket(told: str) -> list[str]:
    """What else than an address `uwsgi.ini` would take for a file, or for another port."""
    try:
        if told:
            socket_address(told)
    except ValueError as error:
        return [f"OCTAVO_SOCKET: {error}."]
    return []


def _weak_keys(values: dict[str, Any]) -> list[str]:
    keys = values.get("secret_keys")
    if keys is None or (keys and all(len(key) >= 32 for key in keys)):
        return []
    return ["SECRET_KEY: every key needs at least 32 characters."]


def _development_key() -> str:
    """The key of this checkout, made at the first start and readable by its owner alone."""
    path = ROOT / "var" / "development.key"
    path.parent.mkdir(exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
