"""The server's own fields, which a PUT or PATCH may send back with their present values."""

from typing import Any

import orjson

from api.http.body import json_object
from api.operation import Call, Served
from validators.engine.bodies import read_only_faults
from validators.engine.errors import Invalid


def require_present(call: Call, resource: Any, record_id: Any, path: dict[str, Any]) -> None:
    """Raise Invalid for a field of the server's own that is not what a GET would show now."""
    body, served = call.operation.body, resource.served.get("get")
    if body is None or served is None:
        return
    sent_back = body.sent_back(json_object(call.content))
    if not sent_back:
        return
    shown = _shown(call, served, resource, record_id, path, embed=list(sent_back))
    faults = read_only_faults(sent_back, shown)
    if faults:
        raise Invalid(faults)


def _shown(
    call: Call,
    served: Served,
    resource: Any,
    record_id: Any,
    path: dict[str, Any],
    embed: list[str],
) -> dict[str, Any]:
    """The representation that the caller would read, with what is sent back of what it embeds."""
    reader = served.operation.query
    names = [name for name in embed if reader is not None and name in reader.query.embeddable]
    query = served.query(f"embed={','.join(names)}" if names else "")
    get = Call(call.context, served, query, {})
    record = () if served.record is None else (served.record.find(record_id),)
    data = resource.get(get, *record, **path).data
    shown: dict[str, Any] = orjson.loads(data if isinstance(data, bytes) else orjson.dumps(data))
    return shown
