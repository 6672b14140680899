"""The API's description as a page that needs no internet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from server.web.pages import render

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter(include_in_schema=False)

METHODS = ("get", "post", "put", "delete")


@router.get("/api/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every route with its parameters, bodies and refusals, from the OpenAPI description itself."""
    schema = request.app.openapi()
    return render(request, "docs.html", title=schema["info"]["title"], groups=_groups(schema), models=_models(schema))


def _groups(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, in the order of their routes."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                groups.setdefault(item[method].get("tags", ["other"])[0], []).append(_operation(path, method, item[method]))
    return groups


def _operation(path: str, method: str, about: dict[str, Any]) -> dict[str, Any]:
    body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "path": path,
        "method": method.upper(),
        "about": about.get("description") or about.get("summary", ""),
        "parameters": about.get("parameters", []),
        "body": next((name for name in _referred(body)), None),
        "answers": [(status, answer["description"]) for status, answer in sorted(about["responses"].items())],
    }


def _models(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Each model with its fields and their types in one word or two."""
    models = schema.get("components", {}).get("schemas", {})
    return [
        {
            "name": name,
            "about": model.get("description", ""),
            "fields": [
                (field, _type(about), field in model.get("required", [])) for field, about in model.get("properties", {}).items()
            ],
        }
        for name, model in sorted(models.items())
    ]


def _type(about: dict[str, Any]) -> str:
    if "$ref" in about:
        return str(about["$ref"]).rpartition("/")[2]
    if "anyOf" in about:
        return " | ".join(dict.fromkeys(_type(option) for option in about["anyOf"]))
    if "enum" in about:
        return " | ".join(str(value) for value in about["enum"])
    if "const" in about:
        return str(about["const"])
    if about.get("type") == "array":
        return f"[{_type(about.get('items', {}))}]"
    return str(about.get("type", "any"))


def _referred(about: dict[str, Any]) -> Iterator[str]:
    for option in (about, *about.get("anyOf", [])):
        if "$ref" in option:
            yield str(option["$ref"]).rpartition("/")[2]
