"""What is counted of each pool of HTTP connections: how many were opened, and how often an open one was used again."""

import aiohttp

from base_client import Observer


def counting(observer: Observer, pool: str) -> aiohttp.TraceConfig:
    """One of a session's `trace_configs`: what becomes of its connections is reported under the name of the pool."""

    async def opened(*_: object) -> None:
        observer.count("connections_opened", pool=pool)

    async def reused(*_: object) -> None:
        observer.count("connections_reused", pool=pool)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(opened)
    trace.on_connection_reuseconn.append(reused)
    return trace
