"""The catalogue, for machines: what may be recorded, under which article, and in which shape."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.core.errors import MissingError
from chengxin.faces.premises import premises
from chengxin.policy.items import Column, Item

router = Router()
_JSON_TYPES = {"int": "integer", "bool": "boolean", "money": "string", "quantity": "string"}


class ItemOut(Schema):
    """An item in brief."""

    name: str
    title: str
    title_en: str
    about: str
    basis: str
    disclosure: str
    carries: str | None


@router.get("/catalogue", response=list[ItemOut], summary="事项一览 / items")
def items(request: HttpRequest) -> list[Item]:
    """Every item of the catalogue in force."""
    return list(premises().house.items.values())


@router.get("/catalogue/{name}/schema", summary="一行记录的 JSON Schema / the JSON Schema of a row")
def schema(request: HttpRequest, name: str) -> dict[str, Any]:
    """The shape of one row, as JSON Schema 2020-12, with the basis of each column."""
    house = premises().house
    item = house.items.get(name)
    if item is None:
        raise MissingError("cli.no_item", item=name, known="、".join(sorted(house.items)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": item.title,
        "type": "object",
        "properties": {column.name: _shape(column) for column in item.columns.values()},
        "required": [column.name for column in item.columns.values() if column.required],
        "additionalProperties": False,
        "x-basis": item.basis,
        "x-required-one-of": [list(group) for group in item.required_one_of],
    }


def _shape(column: Column) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "title": column.title,
        "type": _JSON_TYPES.get(column.type, "string"),
        "x-type": column.type,
    }
    if column.type == "date":
        shape["format"] = "date"
    if column.allowed:
        shape["enum"] = list(column.allowed)
    if column.max_length:
        shape["maxLength"] = column.max_length
    return shape | {"x-basis": column.basis} if column.basis else shape
