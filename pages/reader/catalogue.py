"""`/`: the catalogue, searched in one field; for programs, what this server is."""

from typing import Any

from flask import Response, request

from api.http.accept import choose
from models.vocabulary import MaterialType
from pages.frame.views import page, render
from pages.frame.visit import Visit
from pages.reader import opening, wording
from pages.reader.blueprint import READER
from pages.reader.search import FACETS, SHOWN_VALUES, SORTS, Search
from resources import service

MOST_SUGGESTED = 8
_SHORTEST = 2
_NEWEST = {"sort": "-created_at", "embed": "availability,copies"}
_NEWS = {"published": "true", "sort": "-published_at"}


@page(READER, "/")
def home(visit: Visit) -> Response:
    """The start page, or what a search found."""
    if choose((service.JSON, service.HTML), visit.context) == service.JSON:
        return service.about()
    search = Search.of(request.args)
    if search.asked:
        return _results(visit, search)
    return render(
        visit,
        "reader/home.html",
        search=search,
        newest=visit.do("listBooks", query={**_NEWEST, "limit": 6})["data"],
        news=visit.do("listPosts", query={**_NEWS, "limit": 3})["data"],
        week=opening.ahead(days=1),
    )


@page(READER, "/suggestions")
def suggestions(visit: Visit) -> Response:
    """Titles that go on from what has been typed, as options of a list."""
    words = request.args.get("q", "").strip()
    found: list[Any] = []
    if len(words) >= _SHORTEST:
        begun = words + "*" if words[-1].isalnum() else words
        query = {"q": begun, "limit": MOST_SUGGESTED, "fields": "title,author"}
        found = visit.do("listBooks", query=query)["data"]
    return render(visit, "reader/suggestions.html", found=found)


@page(READER, "/new")
def new_titles(visit: Visit) -> Response:
    """What has come last."""
    newest = visit.do("listBooks", query={**_NEWEST, "limit": 40})["data"]
    return render(visit, "reader/new_titles.html", newest=newest, search=Search({}))


@page(READER, "/news")
def news(visit: Visit) -> Response:
    """The library's news, the latest first."""
    number = request.args.get("page", "1")
    found = visit.do("listPosts", query={**_NEWS, "limit": 10, "page": number})
    return render(visit, "reader/news.html", found=found)


@page(READER, "/news/<id:post_id>")
def news_item(visit: Visit, post_id: int) -> Response:
    """One of them."""
    return render(visit, "reader/news_item.html", post=visit.do("getPost", post_id=post_id))


@page(READER, "/opening")
def opening_days(visit: Visit) -> Response:
    """When the library is open, three weeks ahead."""
    return render(visit, "reader/opening.html", week=opening.ahead(days=21))


def _results(visit: Visit, search: Search) -> Response:
    found = visit.do("listBooks", query=search.query)
    facets = {
        name: [
            (wording.value(visit, name, one["value"]), one["count"], one["value"])
            for one in found.get("facets", {}).get(name, [])[:SHOWN_VALUES]
        ]
        for name in FACETS
    }
    return render(
        visit,
        "reader/results.html",
        search=search,
        found=found,
        facets={name: values for name, values in facets.items() if len(values) > 1},
        filters=[
            (name, wording.value(visit, name, value), without)
            for name, value, without in search.filters()
        ],
        sorts=SORTS,
        materials=[(kind, wording.value(visit, "material_type", kind)) for kind in MaterialType],
    )
