"""The application: every page under ``web/routes``, the REST API under ``web/api``, one door for both."""

from __future__ import annotations

import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import js_lib_htmx
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

import web.api
import web.routes
from kb import checkpoints
from web import errors, sweeping
from web.bodies import BodyLimit
from web.deps import identify
from web.security import Doorway, guard_forgery

_TOKEN = HTTPBearer(scheme_name="token", auto_error=False)
"""Describes the token in the OpenAPI document; ``web.deps.identify`` is what reads it."""
_STATIC = Path(__file__).parent / "static"
_HTMX = Path(js_lib_htmx.__file__).parent / "static" / "htmx"


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Start ingestion and the clock with the server, and stop them with it."""
    from ingest import pipeline

    await run_in_threadpool(pipeline.start)
    await run_in_threadpool(checkpoints.write)
    sweeping.start()
    try:
        yield
    finally:
        sweeping.stop()
        await run_in_threadpool(pipeline.stop)


def create_app() -> FastAPI:
    """A new application. Building it touches no database and loads no model."""
    app = FastAPI(
        title="Handover KB", version="1", summary="高管交接知识库 REST API", description=web.api.__doc__ or "",
        docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=lifespan,
        dependencies=[Depends(identify), Depends(guard_forgery)],
    )
    errors.install(app)
    for router in _routers(web.routes):
        app.include_router(router, include_in_schema=False)
    for router in _routers(web.api):
        app.include_router(router, prefix="/api/v1", dependencies=[Depends(_TOKEN)])
    app.mount("/static/htmx", StaticFiles(directory=_HTMX), name="htmx")
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_middleware(BodyLimit)
    app.add_middleware(Doorway)
    return app


def _routers(package: ModuleType) -> list[APIRouter]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    return [module.router for module in modules if isinstance(getattr(module, "router", None), APIRouter)]
