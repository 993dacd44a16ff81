"""The page at `/` and its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

FOLDER = Path(__file__).parent.parent / "web"


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve `index.html` at `/` and the folder's files below `/static/`."""

    async def index(request: Request) -> FileResponse:
        del request
        page = folder / "index.html"
        if not page.is_file():
            raise HTTPException(404, "this installation has no page")
        return FileResponse(page, media_type="text/html", headers={"Cache-Control": "no-cache"})

    app.add_route("/", index, methods=["GET"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=folder, check_dir=False), name="static")
