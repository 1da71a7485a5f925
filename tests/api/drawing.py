"""Requests drawn from the OpenAPI document: right, nearly right, and hostile; and whether an answer is one it names."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
from hypothesis import strategies as st

HOSTILE = st.sampled_from(
    [
        None, "", " ", "a\0b", "\ud7ff", "💥", "x" * 5000, "2026-02-30", "-1", "1e400", -1, 0, 2**63, 10**40, 1.5, 1e308,
        True, [], [[]], {}, {"": None}, [None] * 300, "%", "'; --", "../..", "00000000-0000-4000-8000-000000000000",
    ]
)  # fmt: skip
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """Draws requests from a document; `known` are ids of things that are there, by the collection in which they are."""

    document: Json
    known: Mapping[str, str]

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """(method, path, operation) of everything but uploads."""
        for path, methods in sorted(self.document["paths"].items()):
            for method, one in sorted(methods.items()):
                if "multipart/form-data" not in one.get("requestBody", {}).get("content", {}):
                    yield method.upper(), path, one

    def request(self, method: str, path: str, one: Json) -> st.SearchStrategy[Sent]:
        """A request of one operation."""
        parameters = [*one.get("parameters", [])]
        inside = {each["name"]: self._place(path, each["schema"]) for each in parameters if each["in"] == "path"}
        query = {each["name"]: self.hurt(self.value(each["schema"])) for each in parameters if each["in"] == "query"}
        matches = any(each["name"] == "If-Match" for each in parameters)
        headers = {"If_Match": st.sampled_from(['"1"', '"2"', "*", 'W/"1"', "1", '"1-0"'])} if matches else {}
        body = self._body(one)
        return st.builds(
            lambda names, asked, sent, also: Sent(method, _address(path, names, asked), sent, also),
            st.fixed_dictionaries(inside),
            st.fixed_dictionaries({}, optional=query),
            body,
            st.fixed_dictionaries(headers),
        )

    def _place(self, path: str, schema: Json) -> st.SearchStrategy[Any]:
        """Mostly the thing that is there, so that requests go further than to its door."""
        right = st.just(self.known.get(path.split("/")[3], ""))
        any_other = self.value(schema)
        return st.one_of(right, right, right, any_other) if schema.get("format") == "uuid" else any_other

    def _body(self, one: Json) -> st.SearchStrategy[Any]:
        content = one.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return st.none()
        right = self.value(content["application/json"]["schema"])
        return st.one_of(right, right, right, HOSTILE)

    def hurt(self, right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """Mostly what it should be."""
        return st.one_of(right, right, right, right, HOSTILE)

    def value(self, schema: Json) -> st.SearchStrategy[Any]:
        """A value of a schema, with something hostile inside now and then."""
        if "$ref" in schema:
            return st.deferred(lambda: self.value(self._named(schema["$ref"])))
        for several in ("oneOf", "anyOf", "allOf"):
            if several in schema:
                return st.one_of([self.value(each) for each in schema[several]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kinds = schema.get("type", "object")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return st.one_of([self._of[kind](self, schema) for kind in kinds])

    def _named(self, reference: str) -> Json:
        found: Json = self.document["components"]["schemas"][reference.rpartition("/")[2]]
        return found

    def _text(self, schema: Json) -> st.SearchStrategy[Any]:
        by_format = {
            "uuid": st.sampled_from(sorted(set(self.known.values()))),
            "date": st.dates(date(2019, 1, 1), date(2030, 1, 1)).map(str),
            "decimal": st.decimals(0, 10**6, places=2).map(str),
        }
        plain = st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 30), 30))
        usual = st.sampled_from(["Contoso GmbH", "karla@contoso.example", "QRP", "DE", "contoso.de", "de-DE"])
        return by_format.get(schema.get("format", ""), st.one_of(usual, plain))

    def _list(self, schema: Json) -> st.SearchStrategy[Any]:
        return st.lists(self.hurt(self.value(schema.get("items", {}))), max_size=3)

    def _object(self, schema: Json) -> st.SearchStrategy[Any]:
        members = {name: self.hurt(self.value(inner)) for name, inner in schema.get("properties", {}).items()}
        needed = {name: members.pop(name) for name in schema.get("required", []) if name in members}
        return st.fixed_dictionaries(needed, optional=members)

    _of: Mapping[str, Callable[["Drawing", Json], st.SearchStrategy[Any]]] = field(
        default_factory=lambda: {
            "null": lambda _self, _schema: st.none(),
            "boolean": lambda _self, _schema: st.booleans(),
            "integer": lambda _self, schema: st.integers(schema.get("minimum", -5), schema.get("maximum", 5000)),
            "number": lambda _self, _schema: st.floats(-5, 10**6),
            "string": Drawing._text,
            "array": Drawing._list,
            "object": Drawing._object,
        }
    )

    def fault(self, one: Json, status: int, media_type: str, text: bytes) -> str:
        """What is wrong with an answer; '' when the document names it."""
        answers = one["responses"]
        if status >= 500 or str(status) not in answers:
            return f"{status} is not named: {text[:300]!r}"
        content = answers[str(status)].get("content", {})
        if not content:
            return ""
        if media_type not in content:
            return f"{media_type} is not named for {status}"
        if not media_type.endswith("json"):
            return ""
        schema = {**content[media_type]["schema"], "components": self.document["components"]}
        error = next(iter(jsonschema_rs.validator_for(schema).iter_errors(_read(text))), None)
        return f"{status}: {error.message} at {error.instance_path}" if error else ""


def _read(text: bytes) -> Any:
    return json.loads(text)


def _address(path: str, names: Mapping[str, Any], query: Mapping[str, Any]) -> str:
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    asked = {name: value for name, value in query.items() if isinstance(value, str | int | float) and _fits(value)}
    return f"{path}?{urlencode(asked)}"


def _fits(value: Any) -> bool:
    """No address is longer than a web server lets through."""
    return len(str(value)) <= 6000
